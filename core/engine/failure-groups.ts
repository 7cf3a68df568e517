import { parse } from 'csv-parse/sync';
import type { FailureGroup } from '../job/records.ts';

/** Codes that one worker tells apart beside those that its shard's block knows already. */
const NEW_CODES = 4;

/** Codes that a block tells apart before workers bring no new ones: S3 has some dozens, and few of them in one job. */
const CODES_PER_BLOCK = 24;

/** Codes of a job that its totals keep, which are read often. */
const CODES_PER_JOB = 10;

/** What further codes are counted under. A block stays small whatever codes an S3 makes up. */
export const OTHER_CODES = '(others)';

const NO_CODE = '(none)';

/** Characters kept of a code, of a message and of an object's name. */
const CODE_LENGTH = 64;
const TEXT_LENGTH = 128;

/** Which error codes a worker tells apart: those of its shard's block, and a few more of its own. */
export class KnownCodes {
  private readonly codes: Set<string>;
  private left: number;

  constructor(known: readonly FailureGroup[] = []) {
    this.codes = new Set(known.map(({ errorCode }) => errorCode));
    this.left = this.codes.size < CODES_PER_BLOCK ? NEW_CODES : 0;
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
    const object = `${bucket}/${key}`.slice(0, TEXT_LENGTH);
    add(groups, { errorCode: known.named(code), tasks: 1, message: message.slice(0, TEXT_LENGTH), object });
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

/** Message and object stay those of the first. */
function add(groups: Map<string, FailureGroup>, group: FailureGroup): void {
  const before = groups.get(group.errorCode);
  groups.set(group.errorCode, before === undefined ? group : { ...before, tasks: before.tasks + group.tasks });
}

function mostFrequentFirst(groups: ReadonlyMap<string, FailureGroup>): readonly FailureGroup[] {
  return [...groups.values()].sort((a, b) => b.tasks - a.tasks || (a.errorCode < b.errorCode ? -1 : 1));
}
