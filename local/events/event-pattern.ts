import { compileTest, type ValueTest } from './pattern-operators.ts';
import { invalidPattern } from './refusal.ts';

/** Whether a rule wants an event. */
export type EventTest = (event: unknown) => boolean;

/** Characters: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const LONGEST_PATTERN = 2_048;

/**
 * The test that an event pattern stands for. All fields of a pattern must match; of a list, one element; where the
 * event has a list, one of its elements is enough.
 *
 * @param pattern JSON.
 * @throws EventsRefusal (InvalidEventPatternException)
 */
export function compilePattern(pattern: string): EventTest {
  if (pattern.length > LONGEST_PATTERN) {
    throw invalidPattern(`it has ${pattern.length} characters, and ${LONGEST_PATTERN} are the most`);
  }
  return compileObject(parseJson(pattern));
}

function parseJson(pattern: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch {
    throw invalidPattern('Invalid JSON');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compileObject(pattern: unknown): EventTest {
  if (!isObject(pattern)) throw invalidPattern('Filter is not an object');
  const tests = Object.entries(pattern).map(([name, wanted]) => compileMember(name, wanted));
  if (tests.length === 0) throw invalidPattern('Empty objects are not allowed');
  const all = (value: unknown): boolean => tests.every((test) => test(value));
  return (value) => (Array.isArray(value) ? value.some(all) : all(value));
}

function compileMember(name: string, wanted: unknown): EventTest {
  if (name === '$or' && Array.isArray(wanted) && wanted.every(isObject)) {
    if (wanted.length < 2) throw invalidPattern('$or needs two or more objects');
    const choices = wanted.map(compileObject);
    return (value) => choices.some((choice) => choice(value));
  }
  const field = (value: unknown): unknown => (isObject(value) ? value[name] : undefined);
  if (Array.isArray(wanted)) {
    const leaf = compileLeaf(wanted);
    return (value) => leaf(field(value));
  }
  if (!isObject(wanted)) throw invalidPattern(`"${name}" must be an object or an array`);
  const inner = compileObject(wanted);
  return (value) => inner(field(value));
}

function compileLeaf(elements: readonly unknown[]): ValueTest {
  if (elements.length === 0) throw invalidPattern('Empty arrays are not allowed');
  const tests = elements.map(compileTest);
  const one = (value: unknown): boolean => tests.some((test) => test(value));
  // An empty list has no value at all, which is what `exists: false` asks for.
  return (value) =>
    Array.isArray(value) && value.length > 0
      ? value.flat(Infinity).some(one)
      : one(Array.isArray(value) ? undefined : value);
}
