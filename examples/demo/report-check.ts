import { parse } from 'csv-parse/sync';
import { encodeKey } from './manifest.ts';

/** What a line of the report should say of one object. */
export interface Expectation {
  readonly key: string;
  /** The line's last column; undefined where its words are S3's own affair. */
  readonly message?: string;
}

/**
 * Compares a completion report with what it should say: a line for each object and no other, each succeeded with
 * status 200, the key as the manifest spelled it. Answers the differences, a sentence each.
 */
export function reportDifferences(csv: string, bucket: string, expected: readonly Expectation[]): string[] {
  const missing = new Map(expected.map(({ key, message }) => [encodeKey(key), message] as const));
  const differences: string[] = [];
  for (const row of parse(csv, { relax_column_count: true }) as string[][]) {
    const [rowBucket, key = '', , status, httpStatus, , message] = row;
    const wanted = missing.get(key);
    if (rowBucket !== bucket || !missing.delete(key)) differences.push(`Not of this job, or twice: ${row.join()}`);
    else if (status !== 'succeeded' || httpStatus !== '200') differences.push(`Did not succeed: ${row.join()}`);
    else if (wanted !== undefined && message !== wanted) differences.push(`${key}: ${message} is not ${wanted}`);
  }
  return [...differences, ...[...missing.keys()].map((key) => `Not in the report: ${key}`)];
}
