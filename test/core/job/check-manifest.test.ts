import { expect, test } from '@jest/globals';
import { manifestProblems } from '../../../core/job/check-manifest.ts';
import type { Manifest } from '../../../core/job/request.ts';

const FILE = { ObjectArn: 'arn:aws:s3:::man/t.parquet', ETag: 'e' };
const PREFIX = { ObjectArn: 'arn:aws:s3:::man/exports/' };
const COLUMNS = { Bucket: 'b', Key: 'k' };

const said = (manifest: Manifest): string =>
  manifestProblems(manifest)
    .map(({ path, says }) => `${path} ${says}`)
    .join('; ');

function csv(Drover: Manifest['Drover']): Manifest {
  return {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'Ignore'] },
    Location: FILE,
    Drover,
  };
}

test.each<[string, Manifest]>([
  ['a table', { Location: FILE, Drover: { Format: 'Parquet', Columns: COLUMNS } }],
  ['a prefix', { Location: PREFIX, Drover: { Format: 'JSONLines', Columns: { Key: 'k' }, Bucket: 'photos' } }],
  [
    'columns by number',
    { Location: FILE, Drover: { Format: 'CSV', Header: 'None', Columns: { Bucket: '1', Key: '2' } } },
  ],
  [
    'named columns and a filter by them',
    csv({ ColumnNames: ['Bucket', 'Key', 'Size'], Filter: { ObjectSizeLessThanBytes: 1 } }),
  ],
  ['a filter by looks', csv({ Filter: { Head: true, ObjectSizeLessThanBytes: 1, OlderThan: '90d' } })],
  ['a filter by tags', csv({ Filter: { Tags: { MatchAll: [{ Key: 'a', Value: '' }], MatchNone: [{ Key: 'b' }] } } })],
  [
    'an inventory, whose columns it names itself',
    { Location: FILE, Drover: { Format: 'S3InventoryReport_Parquet', Filter: { OlderThan: '90d' } } },
  ],
])('%s is right', (_, manifest) => {
  expect(said(manifest)).toBe('');
});

test.each<[string, Manifest]>([
  ['Manifest.Drover.Columns is missing: it must say', { Location: FILE, Drover: { Format: 'Parquet' } }],
  ['Manifest.Drover.Columns.Bucket is missing', { Location: FILE, Drover: { Format: 'CSV', Columns: { Key: 'k' } } }],
  [
    'Manifest.Drover.Bucket must not be there',
    { Location: FILE, Drover: { Format: 'CSV', Columns: COLUMNS, Bucket: 'abc' } },
  ],
  [
    'Manifest.Drover.Columns.Key must be the number',
    { Location: FILE, Drover: { Format: 'CSV', Header: 'Skip', Columns: { Bucket: '1', Key: 'k' } } },
  ],
  [
    'Manifest.Location.ETag is missing',
    { Location: { ObjectArn: FILE.ObjectArn }, Drover: { Format: 'Parquet', Columns: COLUMNS } },
  ],
  ['Manifest.Location.ETag is missing', { Location: PREFIX, Drover: { Format: 'S3InventoryReport_Parquet' } }],
  [
    'Manifest.Location.ETag must not be there',
    { Location: { ...PREFIX, ETag: 'e' }, Drover: { Format: 'Parquet', Columns: COLUMNS } },
  ],
  [
    'Manifest.Drover.Delimiter is for the format CSV, not for Parquet',
    { Location: FILE, Drover: { Format: 'Parquet', Columns: COLUMNS, Delimiter: ';' } },
  ],
  ['Manifest.Drover.ColumnNames must name the 3 columns', csv({ ColumnNames: ['Bucket', 'Key'] })],
  ['Manifest.Drover.ColumnNames[0] must be Bucket', csv({ ColumnNames: ['Key', 'Bucket', 'x'] })],
  ['Manifest.Drover.Filter.OlderThan needs the column LastModifiedDate', csv({ Filter: { OlderThan: '1d' } })],
  ['Manifest.Drover.Filter.Tags must have at least one of', csv({ Filter: { Tags: {} } })],
  ['With Manifest.Drover.Filter.Head, S3 is asked', csv({ Filter: { OlderThan: '1d', Head: false } })],
  ['Manifest.Drover.Filter.Sample must have either OneIn or Share', csv({ Filter: { Sample: {} } })],
  [
    'Manifest.Drover.Filter.KeyNameConstraint.MatchAnyRegex[1] is no regular',
    csv({ Filter: { KeyNameConstraint: { MatchAnyRegex: ['a', '('] } } }),
  ],
])('%s', (problem, manifest) => {
  expect(said(manifest)).toContain(problem);
});
