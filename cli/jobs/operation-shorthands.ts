import type { OperationName } from '../../core/job/operation-name.ts';
import { UsageError } from '../errors.ts';
import type { Pair, S3Place } from '../options/parsers.ts';
import { flagNameOf } from './operation-names.ts';

/** Flags that stand for members of an operation. What has none is given with `--set` or `--parameters`. */
export interface ShorthandFlags {
  readonly tags?: readonly Pair[];
  readonly removeTags?: readonly string[];
  readonly functionArn?: string;
  readonly to?: S3Place;
  readonly storageClass?: string;
  readonly confirmDelete?: boolean;
}

interface Shorthand {
  readonly flag: string;
  readonly given: (flags: ShorthandFlags) => unknown;
  /** The members that it stands for, for each operation that has them. */
  readonly members: Readonly<Partial<Record<OperationName, (flags: ShorthandFlags) => Record<string, unknown>>>>;
}

const SHORTHANDS: readonly Shorthand[] = [
  {
    flag: '--tags',
    given: ({ tags }) => tags,
    members: {
      S3PutObjectTagging: ({ tags }) => ({ TagSet: tags }),
      MergeTags: ({ tags }) => ({ TagSet: tags }),
      S3PutObjectCopy: ({ tags }) => ({ NewObjectTagging: tags }),
      Move: ({ tags }) => ({ NewObjectTagging: tags }),
    },
  },
  {
    flag: '--remove-tags',
    given: ({ removeTags }) => removeTags,
    members: { MergeTags: ({ removeTags }) => ({ RemoveKeys: removeTags }) },
  },
  {
    flag: '--function-arn',
    given: ({ functionArn }) => functionArn,
    members: { LambdaInvoke: ({ functionArn }) => ({ FunctionArn: functionArn }) },
  },
  { flag: '--to', given: ({ to }) => to, members: { S3PutObjectCopy: targetOf, Move: targetOf } },
  {
    flag: '--storage-class',
    given: ({ storageClass }) => storageClass,
    members: {
      S3PutObjectCopy: ({ storageClass }) => ({ StorageClass: storageClass }),
      Move: ({ storageClass }) => ({ StorageClass: storageClass }),
    },
  },
  {
    flag: '--confirm-delete',
    given: ({ confirmDelete }) => confirmDelete,
    members: { DeleteObject: () => ({ Confirm: 'delete' }) },
  },
];

/** Names of the flags that were given. */
export function shorthandsGiven(flags: ShorthandFlags): string[] {
  return SHORTHANDS.filter(({ given }) => given(flags) !== undefined).map(({ flag }) => flag);
}

/** The members of an operation that the flags give. A flag that belongs to another operation is refused. */
export function membersOfShorthands(name: OperationName, flags: ShorthandFlags): Record<string, unknown> {
  const used = SHORTHANDS.filter(({ given }) => given(flags) !== undefined);
  return Object.assign({}, ...used.map(({ flag, members }) => (members[name] ?? refusal(flag, members))(flags)));
}

/** The flag that gives a required member, for a message that says what is missing. */
export function shorthandFor(name: OperationName): string | undefined {
  return SHORTHANDS.find(({ members }) => members[name] !== undefined)?.flag;
}

function refusal(flag: string, members: Shorthand['members']): never {
  const owners = (Object.keys(members) as OperationName[]).map(flagNameOf);
  const hint = flag === '--tags' ? ' Tags of the job itself: --job-tag.' : '';
  throw new UsageError(`${flag} goes with --operation ${owners.join(' or ')}.${hint}`);
}

function targetOf({ to }: ShorthandFlags): Record<string, unknown> {
  if (to === undefined) return {};
  // S3 puts a slash of its own between prefix and key.
  const prefix = to.key.replace(/\/$/, '');
  return { TargetResource: `arn:aws:s3:::${to.bucket}`, ...(prefix !== '' && { TargetKeyPrefix: prefix }) };
}
