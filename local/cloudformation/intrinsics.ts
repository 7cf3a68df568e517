import { TemplateError, type TemplateValue } from './template.ts';

/** What intrinsic functions look things up in. */
export interface Scope {
  /** The value of a parameter, a pseudo parameter or a resource; undefined if there is none of that name. */
  ref(name: string): TemplateValue | undefined;
  /** The attribute of a resource; throws {@link TemplateError} if there is none. */
  attribute(logicalId: string, attribute: string): TemplateValue;
  mapping(map: string, first: string, second: string): TemplateValue | undefined;
  /** The outcome of a named condition; throws {@link TemplateError} if there is none of that name. */
  condition(name: string): boolean;
}

const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = TemplateValue | typeof NO_VALUE;

/** The value with all its intrinsic functions carried out; undefined when it is `AWS::NoValue`. */
export function resolve(value: TemplateValue, scope: Scope): TemplateValue | undefined {
  const resolved = visit(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** The name of the intrinsic function that an object is a call of, if it is one. */
export function intrinsicOf(value: TemplateValue): [name: string, argument: TemplateValue] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return undefined;
  }
  const [entry, ...others] = Object.entries(value);
  return entry && others.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::')) ? entry : undefined;
}

function visit(value: TemplateValue, scope: Scope): Resolved {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((element) => visit(element, scope)).filter((element) => element !== NO_VALUE);
  }
  const call = intrinsicOf(value);
  if (call) {
    return apply(call[0], call[1], scope);
  }
  const members = Object.entries(value).map(([name, member]): [string, Resolved] => [name, visit(member, scope)]);
  return Object.fromEntries(members.filter((member): member is [string, TemplateValue] => member[1] !== NO_VALUE));
}

function apply(name: string, argument: TemplateValue, scope: Scope): Resolved {
  const known = FUNCTIONS[name];
  if (!known) {
    throw new TemplateError(`The intrinsic function ${name} is not supported by the local cloud.`);
  }
  return known(argument, scope);
}

const FUNCTIONS: Readonly<Record<string, (argument: TemplateValue, scope: Scope) => Resolved>> = {
  Ref: (argument, scope) => {
    const name = text(argument, 'Ref');
    return name === 'AWS::NoValue' ? NO_VALUE : lookUp(name, scope);
  },
  'Fn::GetAtt': (argument, scope) => {
    const path = typeof argument === 'string' ? splitOnce(argument) : list(argument, 'Fn::GetAtt');
    return scope.attribute(text(path[0], 'Fn::GetAtt'), text(plain(path[1] ?? null, scope), 'Fn::GetAtt'));
  },
  'Fn::Join': (argument, scope) => {
    const [separator, elements] = list(argument, 'Fn::Join');
    const resolved = list(plain(elements ?? null, scope), 'Fn::Join');
    return resolved.map((element) => text(element, 'Fn::Join')).join(text(separator, 'Fn::Join'));
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument];
    return substitute(text(template, 'Fn::Sub'), (variables ?? {}) as Record<string, TemplateValue>, scope);
  },
  'Fn::Select': (argument, scope) => {
    const [index, elements] = list(argument, 'Fn::Select');
    const resolved = list(plain(elements ?? null, scope), 'Fn::Select');
    const found = resolved[Number(plain(index ?? null, scope))];
    if (found === undefined) {
      throw new TemplateError(`Fn::Select has no element ${JSON.stringify(index)} of ${resolved.length}.`);
    }
    return found;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = list(argument, 'Fn::Split');
    return text(plain(whole ?? null, scope), 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::FindInMap': (argument, scope) => {
    const names = list(plain(argument, scope), 'Fn::FindInMap').map((name) => text(name, 'Fn::FindInMap'));
    const [map = '', first = '', second = ''] = names;
    const found = scope.mapping(map, first, second);
    if (found === undefined) {
      throw new TemplateError(`Fn::FindInMap finds nothing at ${names.join('.')}.`);
    }
    return found;
  },
  'Fn::Base64': (argument, scope) => Buffer.from(text(plain(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list(argument, 'Fn::If');
    return visit((scope.condition(text(condition, 'Fn::If')) ? whenTrue : whenFalse) ?? null, scope);
  },
  'Fn::ImportValue': () => {
    throw new TemplateError('Fn::ImportValue is not supported by the local cloud: it runs one stack, on its own.');
  },
};

/** The outcome of a condition: `Fn::Equals`, `Fn::Not`, `Fn::And`, `Fn::Or` or the name of another. */
export function evaluateCondition(condition: TemplateValue, scope: Scope): boolean {
  const [name, argument] = Object.entries(condition ?? {})[0] ?? ['nothing', null];
  const all = (): boolean[] => list(argument, name).map((one) => evaluateCondition(one, scope));
  switch (name) {
    case 'Condition':
      return scope.condition(text(argument, 'Condition'));
    case 'Fn::Equals': {
      const [left, right] = list(argument, name).map((one) => String(plain(one, scope)));
      return left === right;
    }
    case 'Fn::Not':
      return !all()[0];
    case 'Fn::And':
      return all().every(Boolean);
    case 'Fn::Or':
      return all().some(Boolean);
    default:
      throw new TemplateError(`A condition cannot be made of ${name}.`);
  }
}

function substitute(template: string, variables: Record<string, TemplateValue>, scope: Scope): string {
  return template.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) {
      return `\${${name}}`;
    }
    const own = variables[name];
    if (own !== undefined) {
      return text(plain(own, scope), 'Fn::Sub');
    }
    const [logicalId = '', attribute] = splitOnce(name);
    return text(attribute === undefined ? lookUp(name, scope) : scope.attribute(logicalId, attribute), 'Fn::Sub');
  });
}

/** The names that `Fn::Sub` takes from the template and not from its own variables: logical ids, parameters. */
export function namesInSub(argument: TemplateValue): string[] {
  const [template, variables] = Array.isArray(argument) ? argument : [argument];
  const own = new Set(Object.keys((variables ?? {}) as object));
  return [...String(template).matchAll(/\$\{(?!!)([^}]+)\}/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !own.has(name))
    .map((name) => splitOnce(name)[0] ?? name);
}

function lookUp(name: string, scope: Scope): TemplateValue {
  const value = scope.ref(name);
  if (value === undefined) {
    throw new TemplateError(`"${name}" is referred to, but the template has no such resource or parameter.`);
  }
  return value;
}

function plain(value: TemplateValue, scope: Scope): TemplateValue {
  return resolve(value, scope) ?? '';
}

function splitOnce(path: string): [string, string?] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path] : [path.slice(0, dot), path.slice(dot + 1)];
}

function text(value: TemplateValue | undefined, where: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw new TemplateError(`${where} takes text where it was given ${JSON.stringify(value)}.`);
}

function list(value: TemplateValue | undefined, where: string): TemplateValue[] {
  if (Array.isArray(value)) {
    return value;
  }
  throw new TemplateError(`${where} takes a list where it was given ${JSON.stringify(value)}.`);
}
