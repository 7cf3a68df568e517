import { z } from 'zod';
import type { OperationName } from '../../core/job/operation-name.ts';
import { PARAMETERS } from '../../core/operations/schema.ts';
import { nearestName } from '../../core/validation/nearest-name.ts';
import { schemaAt } from '../../core/validation/schema-walk.ts';
import { UsageError } from '../errors.ts';
import type { Pair } from '../options/parsers.ts';
import { flagNameOf } from './operation-names.ts';
import type { PartialRequest } from './partial-request.ts';

/**
 * An operation's parameters with members set by texts. What a text means the member's type says: a number, true or
 * false, JSON for a list or a structure, else the text itself. Whether it is allowed is for the API to say.
 */
export function setMembers(name: OperationName, parameters: PartialRequest, pairs: readonly Pair[]): PartialRequest {
  const result = structuredClone(parameters) as Record<string, unknown>;
  for (const { Key: path, Value: text } of pairs) {
    const steps = path.split('.');
    put(result, steps, parsed(text, schemaOf(name, steps), path));
  }
  return result;
}

function schemaOf(name: OperationName, steps: readonly string[]): z.core.$ZodType {
  const schema = schemaAt(PARAMETERS[name], steps);
  if (schema !== undefined) return schema;
  const depth = steps.findIndex((_, index) => schemaAt(PARAMETERS[name], steps.slice(0, index + 1)) === undefined);
  const owner = schemaAt(PARAMETERS[name], steps.slice(0, depth));
  const names = owner instanceof z.ZodObject ? Object.keys(owner.shape) : [];
  const [step = ''] = steps.slice(depth);
  const near = nearestName(step, names);
  const hint = near === undefined ? ` It has ${names.join(', ') || 'none'}.` : ` Did you mean ${near}?`;
  const where = [flagNameOf(name), ...steps.slice(0, depth)].join('.');
  throw new UsageError(`--set ${steps.join('.')}: ${where} has no member ${step}.${hint}`);
}

function parsed(text: string, schema: z.core.$ZodType, path: string): unknown {
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
    throw new UsageError(`--set ${path} takes ${wanted}, not ${JSON.stringify(text)}.`);
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
