import { z } from 'zod';
import { manifestFilter } from '../../core/job/manifest-filter.ts';
import type { OperationName } from '../../core/job/operation-name.ts';
import { PARAMETERS } from '../../core/operations/schema.ts';
import { nearestName } from '../../core/validation/nearest-name.ts';
import { schemaAt } from '../../core/validation/schema-walk.ts';
import { UsageError } from '../errors.ts';
import type { Pair } from '../options/parsers.ts';
import { flagNameOf } from './operation-names.ts';
import type { PartialRequest } from './partial-request.ts';

/** A structure whose members flags set. */
interface Settable {
  readonly schema: z.core.$ZodType;
  /** What messages call it. */
  readonly named: string;
  /** The flag that sets its members. */
  readonly flag: string;
}

/**
 * An operation's parameters with members set by texts. What a text means the member's type says: a number, true or
 * false, JSON for a list or a structure, else the text itself. Whether it is allowed is for the API to say.
 */
export function setMembers(name: OperationName, parameters: PartialRequest, pairs: readonly Pair[]): PartialRequest {
  return setIn({ schema: PARAMETERS[name], named: flagNameOf(name), flag: '--set' }, parameters, pairs);
}

/** A manifest's filter, whose members are set by texts in the same way. */
export function setFilter(pairs: readonly Pair[]): PartialRequest {
  return setIn({ schema: manifestFilter, named: 'the filter', flag: '--filter' }, {}, pairs);
}

function setIn(settable: Settable, given: PartialRequest, pairs: readonly Pair[]): PartialRequest {
  const result = structuredClone(given) as Record<string, unknown>;
  for (const { Key: path, Value: text } of pairs) {
    const steps = path.split('.');
    put(result, steps, parsed(text, schemaOf(settable, steps), `${settable.flag} ${path}`));
  }
  return result;
}

function schemaOf({ schema: all, named, flag }: Settable, steps: readonly string[]): z.core.$ZodType {
  const schema = schemaAt(all, steps);
  if (schema !== undefined) return schema;
  const depth = steps.findIndex((_, index) => schemaAt(all, steps.slice(0, index + 1)) === undefined);
  const owner = schemaAt(all, steps.slice(0, depth));
  const names = owner instanceof z.ZodObject ? Object.keys(owner.shape) : [];
  const [step = ''] = steps.slice(depth);
  const near = nearestName(step, names);
  const hint = near === undefined ? ` It has ${names.join(', ') || 'none'}.` : ` Did you mean ${near}?`;
  const where = [named, ...steps.slice(0, depth)].join('.');
  throw new UsageError(`${flag} ${steps.join('.')}: ${where} has no member ${step}.${hint}`);
}

function parsed(text: string, schema: z.core.$ZodType, what: string): unknown {
  const isText = !(
    schema instanceof z.ZodNumber ||
    schema instanceof z.ZodBoolean ||
    schema instanceof z.ZodArray ||
    schema instanceof z.ZodObject ||
    schema instanceof z.ZodRecord
  );
  if (isText) return text;
  try {
    return JSON.parse(text);
  } catch {
    const wanted =
      schema instanceof z.ZodNumber ? 'a number' : schema instanceof z.ZodBoolean ? 'true or false' : 'JSON';
    throw new UsageError(`${what} takes ${wanted}, not ${JSON.stringify(text)}.`);
  }
}

/** Puts a value where the path leads, on a way of structures. */
function put(target: Record<string, unknown>, [step = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[step] = value;
    return;
  }
  const next = target[step];
  const inner = typeof next === 'object' && next !== null && !Array.isArray(next) ? next : {};
  target[step] = inner;
  put(inner as Record<string, unknown>, rest, value);
}
