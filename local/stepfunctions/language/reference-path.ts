import { isObject, type Json } from './payload.ts';
import { StateError } from './state-error.ts';

/** A path to one place: `$.a.b[0]`, `$['a b']`, or, into the context object, `$$.Execution.Name`. */
export interface ReferencePath {
  readonly source: string;
  readonly root: 'input' | 'context';
  /** Member names, and positions in arrays. */
  readonly steps: readonly (string | number)[];
}

const STEP = /\.([\p{L}\p{N}_-]+)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]/uy;

const known = new Map<string, ReferencePath | undefined>();

/** Undefined if the text is no reference path (wildcards, filters, slices and `..` are not, and are not known here). */
export function parsePath(text: string): ReferencePath | undefined {
  if (!known.has(text)) known.set(text, parse(text));
  return known.get(text);
}

function parse(source: string): ReferencePath | undefined {
  const root = /^\$\$?/.exec(source)?.[0];
  if (root === undefined) return undefined;
  const steps: (string | number)[] = [];
  STEP.lastIndex = root.length;
  while (STEP.lastIndex < source.length) {
    const match = STEP.exec(source);
    if (match === null) return undefined;
    const quoted = match[2] ?? match[3];
    if (match[4] !== undefined) steps.push(Number(match[4]));
    else steps.push(match[1] ?? (quoted ?? '').replace(/\\(.)/g, '$1'));
  }
  return { source, root: root === '$$' ? 'context' : 'input', steps };
}

/** The value at the path's steps; undefined if there is none. */
export function readSteps(root: Json, steps: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = root;
  for (const step of steps) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** A copy of `root` with `value` at the steps; members that are missing are made. */
export function writeSteps(root: Json, steps: readonly (string | number)[], value: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === 'string' && isObject(root)) {
    return { ...root, [step]: writeSteps(Object.hasOwn(root, step) ? (root[step] ?? null) : {}, rest, value) };
  }
  if (typeof step === 'number' && Array.isArray(root) && step < root.length) {
    return root.map((item, index) => (index === step ? writeSteps(item, rest, value) : item));
  }
  throw new StateError(
    'States.ResultPathMatchFailure',
    `Unable to apply step "${step}" of the ResultPath to the input ${JSON.stringify(root)}`,
  );
}
