import type { JobRequest } from '../../job/request.ts';
import type { LineForm } from '../../manifest/line-form.ts';
import { pathOf } from '../../validation/invalid-input.ts';
import type { Operation, Task } from '../operation.ts';
import { failed, type TaskResult } from '../task-result.ts';
import { hasTaskParameters } from './asked.ts';
import { type FoundText, taskTextsIn } from './task-text.ts';
import { expandTemplate, parseTemplate, type Template } from './template.ts';

/** The parameters of one task, or how it ends for want of them. */
export type Filled = { readonly parameters: unknown } | { readonly refusal: TaskResult };

/** Fills the operation's parameters for a task, whose line was cut into `record`. */
export type TaskFill = (task: Task, record: readonly string[]) => Filled;

interface Slot extends FoundText {
  /** Where it is, for people. */
  readonly name: string;
  readonly template: Template;
}

/** Worked out once a job; undefined where all its tasks have the same parameters. */
export function taskFillOf(
  request: Pick<JobRequest, 'Drover'>,
  { schema }: Pick<Operation, 'schema'>,
  parameters: unknown,
  form: LineForm,
): TaskFill | undefined {
  if (!hasTaskParameters(request)) return undefined;
  const slots = taskTextsIn(schema, parameters).map(slotOf);
  const places = new Map(form.columns.map((column, index) => [column, index]));
  return (task, record) => {
    const columnOf = (column: string) => ofObject(task, column) ?? record[places.get(column) ?? -1];
    let filled = parameters;
    for (const { name, path, template, filled: schema, spelled } of slots) {
      const text = expandTemplate(template, { task, columnOf }, name);
      if (typeof text !== 'string') return refused(text.problem);
      const problem = schema.safeParse(text).error?.issues[0]?.message;
      if (problem !== undefined) return refused(`${name} ${problem}; it would be ${JSON.stringify(text)}`);
      filled = withValue(filled, path, spelled(text));
    }
    return { parameters: filled };
  };
}

/** The columns that name the object, read as tasks are: keys decoded. */
function ofObject({ bucket, key, versionId }: Task, column: string): string | undefined {
  switch (column) {
    case 'Bucket':
      return bucket;
    case 'Key':
      return key;
    case 'VersionId':
      return versionId;
    default:
      return undefined;
  }
}

function slotOf(found: FoundText): Slot {
  const template = parseTemplate(found.text);
  if ('problem' in template) throw new Error(`a value with a bad placeholder passed validation: ${template.problem}`);
  return { ...found, name: pathOf(found.path), template };
}

/** Characters of a message that are enough to see what is wrong. */
const SHOWN = 400;

function refused(problem: string): Filled {
  const message = problem.length > SHOWN ? `${problem.slice(0, SHOWN)}…` : problem;
  return { refusal: failed(400, 'InvalidTaskParameter', message) };
}

/** A structure with another value at one place; the rest is shared. */
function withValue(at: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(at)) return at.with(Number(step), withValue(at[Number(step)], rest, value));
  const members = at as Readonly<Record<string, unknown>>;
  return { ...members, [step]: withValue(members[step], rest, value) };
}
