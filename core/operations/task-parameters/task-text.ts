import { z } from 'zod';
import { text } from '../../job/scalars.ts';
import { bare } from '../../validation/schema-walk.ts';

/** Characters of a value with placeholders in it, at most. */
const TEMPLATE_CHARACTERS = 2_048;

const template = text(0, TEMPLATE_CHARACTERS);

/** A value that can differ from task to task. */
interface TaskText {
  /** What the value must be where it has no placeholders. */
  readonly literal: z.ZodType<string>;
  /** What it must be when they are filled. */
  readonly filled: z.ZodType<string>;
  /** How the operation wants the filled text to be spelled. */
  readonly spelled: (text: string) => string;
}

const taskTexts = new WeakMap<z.core.$ZodType, TaskText>();

/**
 * A text that can have placeholders for what the manifest says of each task. One that has `${` in it is not checked by
 * the schema: it depends on the job whether that is a placeholder.
 */
export function taskText(
  literal: z.ZodType<string>,
  { filled = literal, spelled = (text: string) => text }: Partial<Omit<TaskText, 'literal'>> = {},
): z.ZodString {
  const schema = z
    .string()
    .check((context) => {
      const checked = (hasPlaceholder(context.value) ? template : literal).safeParse(context.value);
      for (const issue of checked.error?.issues ?? []) {
        context.issues.push({ ...issue, input: context.value } as z.core.$ZodRawIssue);
      }
    })
    .meta(literal.meta() ?? {});
  taskTexts.set(schema, { literal, filled, spelled });
  return schema;
}

/** Whether a text could be one with placeholders. */
export function hasPlaceholder(text: string): boolean {
  return text.includes('${');
}

/** A value with `${` in it, at its place. */
export interface FoundText extends TaskText {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** The values of a structure that could have placeholders, and look so. */
export function taskTextsIn(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly (string | number)[] = [],
): FoundText[] {
  const at = bare(schema);
  const taskText = taskTexts.get(at);
  if (taskText !== undefined) {
    return typeof value === 'string' && hasPlaceholder(value) ? [{ ...taskText, path, text: value }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (at instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((item, index) => taskTextsIn(at.element, item, [...path, index]));
  }
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = memberOf(at, name);
    return inner === undefined ? [] : taskTextsIn(inner, member, [...path, name]);
  });
}

/** Whether a structure has places for such values at all. */
export function takesTaskTexts(schema: z.core.$ZodType): boolean {
  const at = bare(schema);
  if (taskTexts.has(at)) return true;
  if (at instanceof z.ZodArray) return takesTaskTexts(at.element);
  if (at instanceof z.ZodRecord) return takesTaskTexts(at.valueType);
  return at instanceof z.ZodObject && Object.values(at.shape).some((member) => takesTaskTexts(member));
}

function memberOf(at: z.core.$ZodType, name: string): z.core.$ZodType | undefined {
  if (at instanceof z.ZodRecord) return at.valueType;
  return at instanceof z.ZodObject ? at.shape[name] : undefined;
}
