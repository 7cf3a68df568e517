import type { Task } from '../operation.ts';
import { TASK_PARAMETERS } from '../task-parameters/asked.ts';
import {
  expandTemplate,
  namesOf,
  OF_THE_OBJECT,
  parseTemplate,
  type Template,
  type TemplateProblem,
  whereOf,
} from '../task-parameters/template.ts';

export { needsVersion } from '../task-parameters/template.ts';

/** A template of keys, by what is known of each object. Columns of the manifest are filled in before it is read. */
export type TargetKeyTemplate = Template;

/** Why there is no template or no key, to follow "TargetKey" or to stand by itself. */
export type TargetKeyProblem = TemplateProblem;

/** Reads a template of keys that names no columns. */
export function parseTargetKey(text: string): TargetKeyTemplate | TargetKeyProblem {
  const template = parseTemplate(text);
  if ('problem' in template) return template;
  const column = template.pieces.find((piece) => piece.is === 'column');
  if (column === undefined) return template;
  const name = `\${${column.column.slice(0, 40)}}`;
  const there = `there are ${namesOf(OF_THE_OBJECT)}`;
  return {
    problem: `has ${name} ${whereOf(column.at)}: ${there}; and columns of the manifest with ${TASK_PARAMETERS}`,
  };
}

/** The key that the template makes of a task's object. */
export function expandTargetKey(
  template: TargetKeyTemplate,
  task: Pick<Task, 'bucket' | 'key' | 'versionId'>,
): string | TargetKeyProblem {
  const key = expandTemplate(template, { task, columnOf: () => undefined }, 'TargetKey');
  return key === '' ? { problem: 'TargetKey makes an empty key of this one' } : key;
}
