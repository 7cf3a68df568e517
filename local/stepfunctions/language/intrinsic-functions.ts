import { isObject, type Json } from './payload.ts';
import { parsePath, type ReferencePath } from './reference-path.ts';
import { StateError } from './state-error.ts';

/** What may stand at the right of a template's `name.$`: a path, or a call of an intrinsic function. */
export type Expression =
  | { readonly kind: 'path'; readonly path: ReferencePath }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] };

type Intrinsic = (args: readonly Json[]) => Json;

/** The intrinsic functions that the local cloud knows. Others are refused when a state machine is created. */
const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'States.Format': (args) => format(args),
  'States.StringToJson': ([text]) => {
    if (typeof text !== 'string') throw failure('States.StringToJson takes a string');
    try {
      return JSON.parse(text) as Json;
    } catch {
      throw failure(`States.StringToJson was given text that is not JSON: ${text}`);
    }
  },
  'States.JsonToString': ([value]) => JSON.stringify(value ?? null),
  'States.MathAdd': ([left, right]) => {
    if (typeof left !== 'number' || typeof right !== 'number') throw failure('States.MathAdd takes two numbers');
    return Math.round(left) + Math.round(right);
  },
};

function failure(reason: string): StateError {
  return new StateError('States.IntrinsicFailure', reason);
}

function format([template, ...values]: readonly Json[]): string {
  if (typeof template !== 'string') throw failure('the first argument of States.Format is a string');
  let next = 0;
  const text = template.replace(/\{\}/g, () => {
    const value = values[next++];
    if (value === undefined) throw failure(`States.Format has more {} than values: ${template}`);
    if (typeof value === 'object' && value !== null) {
      throw failure(`States.Format takes no ${isObject(value) ? 'objects' : 'arrays'}: ${template}`);
    }
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  if (next !== values.length) throw failure(`States.Format has fewer {} than values: ${template}`);
  return text;
}

/** Calls a function of the table. */
export function callIntrinsic(name: string, args: readonly Json[]): Json {
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined) throw failure(`${name} is not known to the local cloud`);
  return intrinsic(args);
}

const known = new Map<string, Expression>();

/** Reads an expression. Throws a SyntaxError that says what is wrong with it. */
export function parseExpression(text: string): Expression {
  let expression = known.get(text);
  if (expression === undefined) {
    expression = text.startsWith('$') ? pathExpression(text) : new CallReader(text).read();
    known.set(text, expression);
  }
  return expression;
}

function pathExpression(text: string): Expression {
  const path = parsePath(text);
  if (path === undefined) {
    throw new SyntaxError(`'${text}' is not a reference path, the only kind of JSONPath that the local cloud knows`);
  }
  return { kind: 'path', path };
}

class CallReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Expression {
    const expression = this.#expression();
    if (this.#at !== this.#text.length) throw this.#problem();
    return expression;
  }

  #expression(): Expression {
    this.#take(/\s*/y);
    const path = this.#take(/\$[^,)\s]*/y);
    if (path !== undefined) return pathExpression(path);
    const quoted = this.#take(/'(?:[^'\\]|\\.)*'/y);
    // A backslash before a brace stays one for States.Format in AWS; the few templates that need it are not known here.
    if (quoted !== undefined) return { kind: 'literal', value: quoted.slice(1, -1).replace(/\\(.)/g, '$1') };
    const literal = this.#take(/-?\d+(?:\.\d+)?|true\b|false\b|null\b/y);
    if (literal !== undefined) return { kind: 'literal', value: JSON.parse(literal) as Json };
    const name = this.#take(/States\.\w+(?=\()/y);
    if (name === undefined) throw this.#problem();
    if (!Object.hasOwn(INTRINSICS, name)) throw new SyntaxError(`${name} is not known to the local cloud`);
    return { kind: 'call', name, arguments: this.#arguments() };
  }

  #arguments(): Expression[] {
    const list: Expression[] = [];
    this.#take(/\(/y);
    if (this.#take(/\s*\)/y) !== undefined) return list;
    for (;;) {
      list.push(this.#expression());
      if (this.#take(/\s*\)/y) !== undefined) return list;
      if (this.#take(/\s*,/y) === undefined) throw this.#problem();
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    this.#at += match?.length ?? 0;
    return match;
  }

  #problem(): SyntaxError {
    return new SyntaxError(`'${this.#text}' is neither a path nor a call of an intrinsic function`);
  }
}
