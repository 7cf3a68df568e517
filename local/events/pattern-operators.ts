import { invalidPattern } from './refusal.ts';

/** Whether one value of an event is what a rule asks for. `undefined` is a field that is not there. */
export type ValueTest = (value: unknown) => boolean;

/**
 * The test that one element of a leaf of an event pattern stands for: a plain value, or an object with one operator.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws EventsRefusal (InvalidEventPatternException)
 */
export function compileTest(element: unknown): ValueTest {
  if (element === null || ['string', 'number', 'boolean'].includes(typeof element)) return equals(element);
  const [operator, operand] = onlyMember(element);
  const compile = OPERATORS[operator];
  if (compile === undefined) throw invalidPattern(`Unrecognized match type ${operator}`);
  return compile(operand);
}

const OPERATORS: Readonly<Record<string, (operand: unknown) => ValueTest>> = {
  prefix: (operand) => textTest('prefix', operand, (value, wanted) => value.startsWith(wanted)),
  suffix: (operand) => textTest('suffix', operand, (value, wanted) => value.endsWith(wanted)),
  'equals-ignore-case': (operand) => ignoringCase(requireText('equals-ignore-case', operand), (a, b) => a === b),
  wildcard: (operand) => wildcard(requireText('wildcard', operand)),
  exists: (operand) => {
    if (typeof operand !== 'boolean') throw invalidPattern('exists match pattern must be either true or false');
    // Only values count: an object in this place has fields of its own, which a pattern would name.
    return (value) => isLeaf(value) === operand;
  },
  numeric,
  'anything-but': anythingBut,
};

function equals(wanted: unknown): ValueTest {
  return (value) => value === wanted;
}

function isLeaf(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null);
}

function onlyMember(element: unknown): [string, unknown] {
  const members = typeof element === 'object' && element !== null ? Object.entries(element) : [];
  const [first] = members;
  if (Array.isArray(element) || first === undefined || members.length > 1) {
    throw invalidPattern('A match is a string, a number, true, false, null, or an object with one match type');
  }
  return first;
}

function requireText(operator: string, operand: unknown): string {
  if (typeof operand !== 'string') throw invalidPattern(`${operator} match pattern must be a string`);
  return operand;
}

/** `prefix` and `suffix`, each also in the form `{"equals-ignore-case": text}`. */
function textTest(operator: string, operand: unknown, matches: (value: string, wanted: string) => boolean): ValueTest {
  if (typeof operand === 'object') {
    const [inner, wanted] = onlyMember(operand);
    if (inner !== 'equals-ignore-case') throw invalidPattern(`Unsupported ${operator} pattern: ${inner}`);
    return ignoringCase(requireText(operator, wanted), matches);
  }
  const wanted = requireText(operator, operand);
  return (value) => typeof value === 'string' && matches(value, wanted);
}

function ignoringCase(wanted: string, matches: (value: string, wanted: string) => boolean): ValueTest {
  const lower = wanted.toLowerCase();
  return (value) => typeof value === 'string' && matches(value.toLowerCase(), lower);
}

/** `*` stands for any characters, `\*` for a star and `\\` for a backslash. */
function wildcard(pattern: string): ValueTest {
  if (/(?<!\\)(\\\\)*\*\*/.test(pattern)) throw invalidPattern('Consecutive wildcard characters');
  if (/\\(?![\\*])/.test(pattern.replaceAll('\\\\', ''))) throw invalidPattern('Invalid escape character');
  const pieces: string[] = [''];
  for (const [token] of pattern.matchAll(/\\[\\*]|./gs)) {
    if (token === '*') pieces.push('');
    else pieces.push((pieces.pop() ?? '') + token.slice(-1));
  }
  return (value) => typeof value === 'string' && fits(value, pieces);
}

function fits(value: string, pieces: readonly string[]): boolean {
  const [first = '', ...others] = pieces;
  const last = others.pop();
  if (last === undefined) return value === first;
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= value.length - last.length;
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** One comparison, or two that make a range: `["=", 1]`, `[">", 0, "<=", 5]`. */
function numeric(operand: unknown): ValueTest {
  const parts: unknown[] = Array.isArray(operand) ? operand : [];
  if (parts.length !== 2 && parts.length !== 4)
    throw invalidPattern('numeric match pattern has one or two comparisons');
  const tests = [0, 2]
    .filter((index) => index < parts.length)
    .map((index) => {
      const compare = COMPARISONS[String(parts[index])];
      const bound = parts[index + 1];
      if (compare === undefined) throw invalidPattern(`Unrecognized numeric range operator: ${String(parts[index])}`);
      if (typeof bound !== 'number') throw invalidPattern('Bad value in numeric range: must be a number');
      return (value: number) => compare(value, bound);
    });
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

/** Anything but a value, one of several values, or what one of four operators matches. */
function anythingBut(operand: unknown): ValueTest {
  const unwanted = Array.isArray(operand) ? operand : [operand];
  if (unwanted.length === 0) throw invalidPattern('anything-but must not be an empty list');
  const tests = unwanted.flatMap((element: unknown) => {
    if (typeof element === 'string' || typeof element === 'number') return [equals(element)];
    const [operator, inner] = onlyMember(element);
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator)) {
      throw invalidPattern(`Unsupported anything-but pattern: ${operator}`);
    }
    return (Array.isArray(inner) ? inner : [inner]).map((text: unknown) => compileTest({ [operator]: text }));
  });
  return (value) => isLeaf(value) && !tests.some((test) => test(value));
}
