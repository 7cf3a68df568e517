import { expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/job/request.ts';
import { openManifest } from '../../../core/manifest/open-manifest.ts';
import { duckdbFile } from '../../support/duckdb-files.ts';
import { memoryFiles } from './memory-files.ts';

const ROWS = [
  { bkt: 'photos', object: 'a b', team: 'x, y', n: 1 },
  { bkt: 'photos', object: 'c', team: '', n: 2 },
];
const TYPES = { bkt: 'VARCHAR', object: 'VARCHAR', team: 'VARCHAR', n: 'INTEGER' };
const Location = { ObjectArn: 'arn:aws:s3:::m/t', ETag: 'e' };

const FILES: readonly (readonly [Manifest['Drover'], () => Promise<Buffer>])[] = [
  [{ Format: 'Parquet' }, async () => await duckdbFile(TYPES, ROWS, 'FORMAT parquet')],
  [{ Format: 'CSV' }, async () => await duckdbFile(TYPES, ROWS, 'FORMAT csv, HEADER')],
  [{ Format: 'JSONLines' }, async () => Buffer.from(ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''))],
];

test.each(FILES)(
  'a table of %j keeps what a job needs beside the object, also what the mapping names already',
  async (options, bytes) => {
    const manifest = { Location, Drover: { ...options, Columns: { Bucket: 'bkt', Key: 'object', Size: 'n' } } };
    const reader = openManifest(memoryFiles({ 'm/t': await bytes() }), manifest, ['team', 'object', 'Size', 'n']);
    const { form, chunks } = await reader.survey();
    expect(form.columns).toEqual(['Bucket', 'Key', 'Size', 'team', 'object', 'n']);
    const lines: string[] = [];
    for (const chunk of chunks) await reader.readLines(chunk, (line) => lines.push(line.toString()) > 0);
    expect(lines).toEqual(['photos,a%20b,1,"x, y",a b,1', 'photos,c,2,,c,2']);
  },
);
