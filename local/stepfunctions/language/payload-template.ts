import { callIntrinsic, type Expression, parseExpression } from './intrinsic-functions.ts';
import { isObject, type Json } from './payload.ts';
import { parsePath, type ReferencePath, readSteps } from './reference-path.ts';
import { InputError } from './state-error.ts';

/** What paths are looked up in. */
export interface Scope {
  /** `$` */
  readonly input: Json;
  /** `$$`, made when it is first asked for. */
  readonly context: () => Json;
}

/** The value at a path; undefined if there is none. */
export function lookUp(path: ReferencePath, scope: Scope): Json | undefined {
  return readSteps(path.root === 'context' ? scope.context() : scope.input, path.steps);
}

/** The value that `field` of a state gives by a path. Throws if there is none. */
export function valueAt(field: string, text: string, scope: Scope): Json {
  const path = parsePath(text);
  const value = path === undefined ? undefined : lookUp(path, scope);
  if (value === undefined) {
    const input = JSON.stringify(scope.input);
    throw new InputError(
      `The JSONPath '${text}' specified for the field '${field}' could not be found in the input '${input}'`,
    );
  }
  return value;
}

/** Fills a payload template (Parameters, ResultSelector, ItemSelector): members named `x.$` are looked up. */
export function fillTemplate(template: Json, scope: Scope): Json {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope));
  if (!isObject(template)) return template;
  const filled: Record<string, Json> = {};
  for (const [name, value] of Object.entries(template)) {
    if (name.endsWith('.$')) filled[name.slice(0, -2)] = evaluate(name, parseExpression(String(value)), scope);
    else filled[name] = fillTemplate(value, scope);
  }
  return filled;
}

function evaluate(field: string, expression: Expression, scope: Scope): Json {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'path') return valueAt(field, expression.path.source, scope);
  return callIntrinsic(
    expression.name,
    expression.arguments.map((argument) => evaluate(field, argument, scope)),
  );
}

/** What is wrong with a template, one sentence each. */
export function templateProblems(template: unknown): string[] {
  if (Array.isArray(template)) return template.flatMap(templateProblems);
  if (!isObject(template)) return [];
  return Object.entries(template).flatMap(([name, value]) => {
    if (!name.endsWith('.$')) return templateProblems(value);
    if (typeof value !== 'string') return [`The value for the field '${name}' must be a STRING that holds a path`];
    try {
      parseExpression(value);
      return [];
    } catch (error) {
      return [`The value for the field '${name}' is not valid: ${(error as Error).message}`];
    }
  });
}
