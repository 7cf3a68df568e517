import { parse } from 'csv-parse/sync';
import type { FailureGroup } from '../job/records.ts';
import { SHARDS_PER_BLOCK } from '../stores/progress-store.ts';

/**
 * Codes that the workers of a block's shards may bring to it, all at the same time: with the examples kept of each, far
 * less than a DynamoDB item may have (400 KB), whatever codes an S3 makes up.
 */
const NEW_CODES_PER_BLOCK = 512;

/** Codes that a block tells apart before workers bring no new ones: S3 has some dozens, and few of them in one job. */
const CODES_PER_BLOCK = 24;

/** Codes of a job that its totals keep, which are read often. */
const CODES_PER_JOB = 10;

/** What further codes are counted under. */
export const OTHER_CODES = '(others)';

const NO_CODE = '(none)';

/** Objects named for each code. */
const OBJECTS = 3;

/** Characters kept of a code, and of a message or an object's name. */
const CODE_LENGTH = 64;
const TEXT_LENGTH = 100;

/** Which error codes a worker tells apart: those of its shard's block, and a few more of its own. */
export class KnownCodes {
  private readonly codes: Set<string>;
  private left: number;

  /** @param shards Those of the job. */
  constructor(known: readonly FailureGroup[] = [], shards = SHARDS_PER_BLOCK) {
    this.codes = new Set(known.map(({ errorCode }) => errorCode));
    const most = Math.floor(NEW_CODES_PER_BLOCK / Math.min(Math.max(shards, 1), SHARDS_PER_BLOCK));
    this.left = Math.min(most, Math.max(0, CODES_PER_BLOCK - this.codes.size));
  }

  /** The code to count a failure of this code under. */
  named(code: string): string {
    const name = code === '' ? NO_CODE : code.slice(0, CODE_LENGTH);
    if (this.codes.has(name)) return name;
    if (this.left === 0) return OTHER_CODES;
    this.left -= 1;
    this.codes.add(name);
    return name;
  }
}

/** The failed tasks of a part by error code, from their lines of the report. */
export function groupFailures(rows: Buffer, known: KnownCodes): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  const records: string[][] = parse(rows, { record_delimiter: '\r\n' });
  for (const [bucket = '', key = '', , , , code = '', message = ''] of records) {
    const objects = [shortened(`${bucket}/${key}`)];
    add(groups, { errorCode: known.named(code), tasks: 1, message: shortened(message), objects });
  }
  return [...groups.values()];
}

/** Groups of many blocks as those of their job: the most frequent first, the rare ones of too many as one. */
export function mergeFailures(groups: Iterable<FailureGroup>): readonly FailureGroup[] {
  const merged = new Map<string, FailureGroup>();
  for (const group of groups) add(merged, group);
  const sorted = mostFrequentFirst(merged);
  if (sorted.length <= CODES_PER_JOB) return sorted;
  const kept = new Map<string, FailureGroup>();
  for (const [index, group] of sorted.entries()) {
    add(kept, index < CODES_PER_JOB - 1 ? group : { ...group, errorCode: OTHER_CODES });
  }
  return mostFrequentFirst(kept);
}

/** The message stays that of the first, and so do the objects, as far as they are enough. */
function add(groups: Map<string, FailureGroup>, group: FailureGroup): void {
  const before = groups.get(group.errorCode);
  if (before === undefined) groups.set(group.errorCode, group);
  else {
    const objects = before.objects.length < OBJECTS ? [...before.objects, ...group.objects] : before.objects;
    const tasks = before.tasks + group.tasks;
    groups.set(group.errorCode, { ...before, tasks, objects: objects.slice(0, OBJECTS) });
  }
}

function shortened(text: string): string {
  return text.length <= TEXT_LENGTH ? text : `${text.slice(0, TEXT_LENGTH - 1)}…`;
}

function mostFrequentFirst(groups: ReadonlyMap<string, FailureGroup>): readonly FailureGroup[] {
  return [...groups.values()].sort((a, b) => b.tasks - a.tasks || (a.errorCode < b.errorCode ? -1 : 1));
}
