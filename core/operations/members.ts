import { z } from 'zod';
import { type OperationName, S3_OPERATION_NAMES } from '../job/operation-name.ts';
import { bare } from '../validation/schema-walk.ts';
import { MEMBER_MEANINGS } from './member-meanings.ts';
import { OPERATIONS_SCHEMA, PARAMETERS } from './schema.ts';
import { takesTaskTexts } from './task-parameters/task-text.ts';

/** A member of an operation's parameters, for people. */
export interface Member {
  readonly name: string;
  /** Where a request has it: of S3's own model, or under `Operation.Drover`. */
  readonly owner: 'S3' | 'Drover';
  readonly required: boolean;
  /** What it may hold, in words: `text of 1 to 1024 characters`. */
  readonly type: string;
  /** What it is for, a sentence. */
  readonly meaning: string;
  /** Whether it, or something in it, can be filled from each line of the manifest (`Drover.TaskParameters`). */
  readonly fillable: boolean;
}

/** The members of an operation, in the order of the model. */
export function membersOf(name: OperationName): readonly Member[] {
  const { shape } = PARAMETERS[name];
  const meanings: Readonly<Record<string, string>> = MEMBER_MEANINGS[name];
  return Object.entries(shape).map(([member, schema]: [string, z.ZodType]) => ({
    name: member,
    owner: ownerOf(name, member),
    required: !(schema instanceof z.ZodOptional),
    type: typeInWords(schema),
    meaning: meanings[member] ?? '',
    fillable: takesTaskTexts(schema),
  }));
}

/** Which part of a request's `Operation` a parameter of an operation belongs to. */
export function ownerOf(name: OperationName, member: string): Member['owner'] {
  const isOfS3 = (S3_OPERATION_NAMES as readonly string[]).includes(name);
  return isOfS3 && !Object.hasOwn(droverMembersOf(name), member) ? 'S3' : 'Drover';
}

/** What the members of `Operation.Drover` add to an operation, or are of one that S3 does not have. */
function droverMembersOf(name: OperationName): Readonly<Record<string, unknown>> {
  const all: Readonly<Record<string, z.core.$ZodType>> = OPERATIONS_SCHEMA.shape.Drover.unwrap().shape;
  const schema = all[name];
  const own = schema === undefined ? undefined : bare(schema);
  return own instanceof z.ZodObject ? own.shape : {};
}

/** What a value of this schema is, in words. */
function typeInWords(schema: z.core.$ZodType): string {
  const at = bare(schema);
  const said = at instanceof z.ZodType ? at.meta()?.['inWords'] : undefined;
  if (typeof said === 'string') return said;
  if (at instanceof z.ZodEnum) return oneOf(at.options.map(String));
  if (at instanceof z.ZodBoolean) return 'true or false';
  if (at instanceof z.ZodNumber) return `a whole number from ${at.minValue} to ${at.maxValue}`;
  if (at instanceof z.ZodRecord) return 'names, each with a text';
  if (at instanceof z.ZodArray) return `a list, each ${typeInWords(at.element)}`;
  if (at instanceof z.ZodObject) return `a structure with ${Object.keys(at.shape).join(', ')}`;
  throw new Error(`there are no words for the schema ${at._zod.def.type}`);
}

function oneOf(options: readonly string[]): string {
  return [options.slice(0, -1).join(', '), ...options.slice(-1)].filter((part) => part !== '').join(' or ');
}
