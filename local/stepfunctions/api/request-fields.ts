import type { CloudIdentity } from '../../service.ts';
import { type ArnKind, arnOf } from '../arns.ts';
import { StepFunctionsError } from '../service-error.ts';

/** The members of a request. */
export type Request = Readonly<Record<string, unknown>>;

function invalid(field: string, value: unknown, constraint: string): StepFunctionsError {
  const shown = value === undefined || value === null ? 'Value null' : `Value '${String(value).slice(0, 200)}'`;
  const message = `1 validation error detected: ${shown} at '${field}' failed to satisfy constraint: Member must ${constraint}`;
  return new StepFunctionsError('ValidationException', message);
}

/** A text that may be left out. `most` and `least` are its length. */
export function optionalText(request: Request, field: string, most: number, least = 1): string | undefined {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new StepFunctionsError('SerializationException', `'${field}' must be a string`);
  if (value.length > most) throw invalid(field, value, `have length less than or equal to ${most}`);
  if (value.length < least) throw invalid(field, value, `have length greater than or equal to ${least}`);
  return value;
}

export function text(request: Request, field: string, most: number, least = 1): string {
  const value = optionalText(request, field, most, least);
  if (value === undefined) throw invalid(field, value, 'not be null');
  return value;
}

/** A number that may be left out. */
export function optionalNumber(request: Request, field: string, least: number, most: number): number | undefined {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw new StepFunctionsError('SerializationException', `'${field}' must be a number`);
  if (value > most) throw invalid(field, value, `have value less than or equal to ${most}`);
  if (value < least) throw invalid(field, value, `have value greater than or equal to ${least}`);
  return value;
}

export function optionalBoolean(request: Request, field: string): boolean | undefined {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean')
    throw new StepFunctionsError('SerializationException', `'${field}' must be a boolean`);
  return value;
}

/** One of a few texts, or nothing. */
export function optionalChoice<T extends string>(
  request: Request,
  field: string,
  choices: readonly T[],
): T | undefined {
  const value = optionalText(request, field, 256);
  const choice = choices.find((known) => known === value);
  if (value !== undefined && choice === undefined) {
    throw invalid(field, value, `satisfy enum value set: [${choices.join(', ')}]`);
  }
  return choice;
}

/** What follows `<kind>:` in an ARN of the request. `missing` is thrown for ARNs of other accounts and Regions. */
export function tailOf(
  request: Request,
  field: string,
  kind: ArnKind,
  identity: CloudIdentity,
  missing: (arn: string) => StepFunctionsError,
): string {
  const arn = text(request, field, kind === 'mapRun' ? 2000 : 256);
  const fail = (reason: string) => new StepFunctionsError('InvalidArn', `Invalid Arn: '${reason}: ${arn}'`);
  if (!arn.startsWith('arn:')) throw fail('Invalid ARN prefix');
  const match = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:(\w+):(\S+)$/.exec(arn);
  const tail = match?.[2];
  if (tail === undefined) throw fail('Invalid ARN');
  // A child's ARN has the label after a slash; an execution's name stands after a colon.
  const shape =
    kind === 'stateMachine'
      ? /^[^:/]+(?:\/[^:/]+)?$/
      : kind === 'execution'
        ? /^[^:]+:[^:]+$/
        : /^[^:/]+\/[^:/]+:[^:/]+$/;
  if (match?.[1] !== kind || !shape.test(tail)) throw fail('Resource type not valid in this context');
  if (arn !== arnOf(identity, kind, tail)) throw missing(arn);
  return tail;
}

/** AWS's rules for the names of state machines and executions: 1 to 80 characters, none of those below. */
export function checkName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among what AWS refuses
  if (/[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/.test(name)) {
    throw new StepFunctionsError('InvalidName', `Invalid Name: '${name}'`);
  }
  return name;
}
