import { isObject, type Json } from './payload.ts';
import { lookUp, type Scope, valueAt } from './payload-template.ts';
import { parsePath } from './reference-path.ts';
import { InputError } from './state-error.ts';

/** A rule of a Choice state; `Next` stands at the top level only. */
export type ChoiceRule = Readonly<Record<string, Json>>;

type Kind = 'string' | 'number' | 'boolean' | 'timestamp';

interface Comparison {
  readonly kind: Kind;
  readonly holds: (order: number) => boolean;
}

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThan: (order) => order > 0,
  GreaterThanEquals: (order) => order >= 0,
};

const COMPARISONS = new Map<string, Comparison>([
  ['BooleanEquals', { kind: 'boolean', holds: (order) => order === 0 }],
]);
for (const [prefix, kind] of [
  ['String', 'string'],
  ['Numeric', 'number'],
  ['Timestamp', 'timestamp'],
] as const) {
  for (const [suffix, holds] of Object.entries(ORDERS)) COMPARISONS.set(prefix + suffix, { kind, holds });
}

const TESTS: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  IsPresent: (value) => value !== undefined,
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => isTimestamp(value),
};

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Whether the value is a date and time as RFC 3339 writes it, `T` and zone included. */
export function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && RFC3339.test(value) && !Number.isNaN(Date.parse(value));
}

function isKind(value: unknown, kind: Kind): value is string | number | boolean {
  return kind === 'timestamp' ? isTimestamp(value) : typeof value === kind;
}

function order(left: string | number | boolean, right: string | number | boolean, kind: Kind): number {
  if (kind === 'timestamp') return Date.parse(String(left)) - Date.parse(String(right));
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Whether the rule matches the scope's input. Throws an InputError if a path of it leads nowhere. */
export function choiceMatches(rule: ChoiceRule, scope: Scope): boolean {
  if (Array.isArray(rule.And)) return rule.And.every((part) => choiceMatches(part as ChoiceRule, scope));
  if (Array.isArray(rule.Or)) return rule.Or.some((part) => choiceMatches(part as ChoiceRule, scope));
  if (isObject(rule.Not)) return !choiceMatches(rule.Not, scope);
  const variable = String(rule.Variable);
  const operator = operatorOf(rule);
  const path = parsePath(variable);
  const value = path === undefined ? undefined : lookUp(path, scope);
  if (operator !== 'IsPresent' && value === undefined) {
    throw new InputError(`Invalid path '${variable}': The choice state's condition path references an invalid value.`);
  }
  const test = TESTS[operator];
  if (test !== undefined) return test(value) === rule[operator];
  if (operator === 'StringMatches') return typeof value === 'string' && wildcard(String(rule[operator])).test(value);
  const byPath = operator.endsWith('Path');
  const comparison = COMPARISONS.get(byPath ? operator.slice(0, -'Path'.length) : operator);
  const operand = byPath ? valueAt(operator, String(rule[operator]), scope) : rule[operator];
  if (comparison === undefined || !isKind(value, comparison.kind) || !isKind(operand, comparison.kind)) return false;
  return comparison.holds(order(value, operand, comparison.kind));
}

function operatorOf(rule: ChoiceRule): string {
  return Object.keys(rule).find((name) => !['Variable', 'Next', 'Comment'].includes(name)) ?? '';
}

/** `*` is any text; `\*` and `\\` are themselves. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([\\*])|(\*)|([^\w])/g, (_all, escaped, star, special) =>
    star ? '.*' : `\\${escaped ?? special}`,
  );
  return new RegExp(`^${source}$`, 's');
}

/** What is wrong with a rule, one sentence each. */
export function choiceProblems(rule: unknown, nested = false): string[] {
  if (!isObject(rule)) return ['A choice rule must be an object'];
  if (nested && 'Next' in rule) return ['Next stands only in the top level of a choice rule'];
  for (const name of ['And', 'Or'] as const) {
    if (!(name in rule)) continue;
    const parts = rule[name];
    if (!Array.isArray(parts) || parts.length === 0) return [`${name} must be a list of rules`];
    return parts.flatMap((part) => choiceProblems(part, true));
  }
  if ('Not' in rule) return choiceProblems(rule.Not, true);
  return comparisonProblems(rule);
}

function comparisonProblems(rule: ChoiceRule): string[] {
  const operators = Object.keys(rule).filter((name) => !['Variable', 'Next', 'Comment'].includes(name));
  const [operator] = operators;
  if (operators.length !== 1 || operator === undefined) return ['A choice rule must have exactly one comparison'];
  const variable = rule.Variable;
  if (typeof variable !== 'string' || parsePath(variable) === undefined) {
    return [`Variable must be a reference path, not ${JSON.stringify(variable)}`];
  }
  const operand = rule[operator];
  const wrong = [`The value of ${operator} is not of its type: ${JSON.stringify(operand)}`];
  if (operator in TESTS) return typeof operand === 'boolean' ? [] : wrong;
  if (operator === 'StringMatches') return typeof operand === 'string' ? [] : wrong;
  const byPath = operator.endsWith('Path');
  const comparison = COMPARISONS.get(byPath ? operator.slice(0, -'Path'.length) : operator);
  if (comparison === undefined) return [`The comparison '${operator}' is not known`];
  if (byPath) return typeof operand === 'string' && parsePath(operand) !== undefined ? [] : wrong;
  return isKind(operand, comparison.kind) ? [] : wrong;
}
