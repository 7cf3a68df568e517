import { z } from 'zod';
import { InvalidInput, type Problem, pathOf, shown, TOLD } from './invalid-input.ts';
import { nearestName } from './nearest-name.ts';
import { schemaAt } from './schema-walk.ts';

/**
 * The value as the schema has it.
 *
 * @throws InvalidInput that names each member at fault.
 */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new InvalidInput(result.error.issues.flatMap((issue) => problemsOf(schema, issue)));
}

function problemsOf(schema: z.core.$ZodType, issue: z.core.$ZodIssue): Problem[] {
  const at = schemaAt(schema, issue.path);
  const path = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key, index) => unknownMember(at, issue.path, key, index < TOLD));
    case 'invalid_type':
    case 'invalid_value':
    case 'too_small':
    case 'too_big':
      return [{ path, says: expectation(at, issue.input) }];
    case 'invalid_format':
      return [{ path, says: `${issue.message}, not ${seen(issue.input)}` }];
    case 'invalid_key':
      return [{ path, says: `has a key that ${issue.issues[0]?.message ?? 'is not allowed'}` }];
    default:
      return [{ path, says: issue.message }];
  }
}

/** A hint takes time, and a hostile body can have a hundred thousand unknown members. */
function unknownMember(
  at: z.core.$ZodType | undefined,
  path: readonly PropertyKey[],
  key: string,
  hinted: boolean,
): Problem {
  const names = at instanceof z.ZodObject && hinted ? Object.keys(at.shape) : [];
  const near = nearestName(key, names);
  const owner = path.length === 0 ? 'the request' : pathOf(path.slice(-1));
  const hint =
    near !== undefined
      ? `; did you mean ${near}?`
      : names.length > 0
        ? `, which has ${names.join(', ')}`
        : ', which has no members';
  return { path: pathOf([...path, key]), says: `is not a member of ${owner}${hint}` };
}

function expectation(at: z.core.$ZodType | undefined, input: unknown): string {
  if (input === undefined) return `is missing: it must be ${nounOf(at)}`;
  return `must be ${nounOf(at)}, not ${seen(input)}`;
}

/** What a member is, in words. */
function nounOf(at: z.core.$ZodType | undefined): string {
  if (at instanceof z.ZodEnum) {
    const options = at.options.map(String);
    return options.length === 1 ? String(options[0]) : `one of ${options.join(', ')}`;
  }
  if (at instanceof z.ZodBoolean) return 'true or false';
  if (at instanceof z.ZodNumber) return wholeNumber(at);
  if (at instanceof z.ZodArray) return listOf(at);
  if (at instanceof z.ZodRecord) return 'a map of texts';
  if (at instanceof z.ZodObject) return `a structure with ${Object.keys(at.shape).join(', ') || 'no members'}`;
  return 'text';
}

function wholeNumber(at: z.ZodNumber): string {
  const { minValue, maxValue } = at;
  const from = minValue ?? Number.MIN_SAFE_INTEGER;
  const to = maxValue ?? Number.MAX_SAFE_INTEGER;
  return `a whole number from ${from} to ${to}`;
}

function listOf(at: z.ZodArray): string {
  const bounds = (at.def.checks ?? []).map((each) => each._zod.def as { minimum?: number; maximum?: number });
  const minimum = bounds.find((bound) => bound.minimum !== undefined)?.minimum;
  const maximum = bounds.find((bound) => bound.maximum !== undefined)?.maximum;
  if (minimum === undefined && maximum === undefined) return 'a list';
  return minimum === maximum ? `a list of ${minimum}` : listBetween(minimum ?? 0, maximum);
}

function listBetween(minimum: number, maximum: number | undefined): string {
  return maximum === undefined ? `a list of at least ${minimum}` : `a list of ${minimum} to ${maximum}`;
}

function seen(input: unknown): string {
  if (typeof input === 'string') return JSON.stringify(shown(input));
  if (Array.isArray(input)) return `a list of ${input.length}`;
  return typeof input === 'object' && input !== null ? 'a structure' : String(input);
}
