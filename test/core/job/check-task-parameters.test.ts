import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkJobRequest } from '../../../core/job/check-request.ts';
import type { JobRequest } from '../../../core/job/request.ts';
import { neededColumns } from '../../../core/manifest/needed-columns.ts';
import { InvalidInput } from '../../../core/validation/invalid-input.ts';

/** A placeholder. */
const hole = (name: string) => `\${${name}}`;

const FILE = { ObjectArn: 'arn:aws:s3:::lists/m', ETag: 'e' };
const CSV = {
  Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'Ignore', 'Ignore'] },
  Location: FILE,
  Drover: { ColumnNames: ['Bucket', 'Key', 'Owner', 'Ignore'] },
};

const tagging = (Value: string) => ({ S3PutObjectTagging: { TagSet: [{ Key: 'owner', Value }] } });
const copy = (TargetKey: string, members: object = {}) => ({
  S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', ...members },
  Drover: { S3PutObjectCopy: { TargetKey } },
});
const invocation = (argument: string) => ({
  LambdaInvoke: { FunctionArn: 'f', InvocationSchemaVersion: '2.0', UserArguments: { a: argument } },
});

function requestOf(operation: object, { Drover = { TaskParameters: true }, ...source }: Record<string, unknown> = {}) {
  const sources = Object.keys(source).length === 0 && !('TasksOf' in (Drover as object)) ? { Manifest: CSV } : source;
  return {
    Operation: operation,
    Report: { Enabled: false },
    ClientRequestToken: 't',
    Priority: 1,
    RoleArn: 'arn:aws:iam::111122223333:role/r',
    ...sources,
    Drover,
  };
}

/** What is wrong with a request; nothing where it is right. */
function said(operation: object, others: Record<string, unknown> = {}): string {
  try {
    checkJobRequest(requestOf(operation, others));
    return '';
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.message;
  }
}

const table = (Drover: object) => ({ Manifest: { Location: FILE, Drover } });

describe('a job with task parameters', () => {
  test.each<[string, object, Record<string, unknown>?]>([
    ['a tag from a named column', tagging(hole('Owner'))],
    ['a tag longer than tags can be', tagging(`${hole('Owner:default(x)')}`.repeat(20))],
    ['a target key', copy(`${hole('Owner')}/${hole('key:strip(a/)')}`)],
    ['an argument', invocation(`${hole('Owner')} $${hole('Nobody')}`)],
    ['a date', retention(`${hole('Owner')}T00:00:00Z`)],
    ['a prefix, a header and metadata', metadataCopy(hole('Owner'))],
    [
      'a column of a table',
      tagging(hole('any one')),
      table({ Format: 'JSONLines', Columns: { Bucket: 'b', Key: 'k' } }),
    ],
    ['a column of an inventory', tagging(hole('Size')), table({ Format: 'S3InventoryReport_Parquet' })],
    ['a column of a listing', tagging(hole('StorageClass')), listing()],
    [
      'a column of an earlier job',
      tagging(hole('Owner')),
      { Drover: { TaskParameters: true, TasksOf: { JobId: 'job-1' } } },
    ],
    ['a dry run', tagging(hole('Owner')), { Manifest: CSV, Drover: { TaskParameters: true, DryRun: true } }],
  ])('may have %s', (_, operation, others = {}) => {
    expect(said(operation, others)).toBe('');
  });

  const lacks = (path: string, column: string, there: string) =>
    `Operation.${path} names the column ${column}, which the manifest lacks: it has ${there}.`;
  const VALUE = 'S3PutObjectTagging.TagSet[0].Value';

  test.each<[string, object, Record<string, unknown>?]>([
    [lacks(VALUE, 'Ownr', 'Bucket, Key, Owner'), tagging(hole('Ownr'))],
    [lacks(VALUE, 'VersionId', 'Bucket, Key, Owner'), tagging(hole('versionId'))],
    [lacks('Drover.S3PutObjectCopy.TargetKey', 'Ownr', 'Bucket, Key, Owner'), copy(`${hole('Ownr')}/x`)],
    [lacks('LambdaInvoke.UserArguments.a', 'Ignore', 'Bucket, Key, Owner'), invocation(hole('Ignore'))],
    [lacks(VALUE, 'ETga', 'Bucket, Key, Size, LastModifiedDate, ETag, StorageClass'), tagging(hole('ETga')), listing()],
    [lacks(VALUE, 'Owner', 'Bucket, Key, VersionId'), tagging(hole('Owner')), table({ Format: 'Report_CSV_20180820' })],
    [
      'Manifest.Drover.ColumnNames gives names to columns that Fields ignores.',
      tagging(hole('Owner')),
      { Manifest: { Spec: CSV.Spec, Location: FILE } },
    ],
    [
      `Operation.${VALUE} has a ${hole('').slice(0, 2)} at character 2 that no } ends`,
      tagging(`a${hole('b').slice(0, -1)}`),
    ],
    [`Operation.${VALUE} must be made of letters`, tagging(`$${hole('Owner')}`)],
    ['Drover.TaskParameters is true, but no value of the operation names anything', tagging('ann')],
    ['Drover.TaskParameters is not supported with DeleteObject', { Drover: { DeleteObject: { Confirm: 'delete' } } }],
    ['TargetKey must not be given together with TargetKeyPrefix', copy(hole('Owner'), { TargetKeyPrefix: 'x' })],
    ['Operation.S3PutObjectCopy.SSEAwsKmsKeyId has a', copy(hole('Owner'), { SSEAwsKmsKeyId: hole('Owner') })],
    [
      'no placeholders are filled there',
      { LambdaInvoke: { ...invocation(hole('Owner')).LambdaInvoke, UserArguments: { [hole('a')]: 'b' } } },
    ],
  ])('is refused: %s', (message, operation, others = {}) => {
    expect(said(operation, others)).toContain(message);
  });

  test('whose manifest is wrong is told of that', () => {
    const { Fields: _, ...spec } = CSV.Spec;
    const message = said(tagging(hole('Owner')), { Manifest: { Spec: spec, Location: FILE } });
    expect(message).toMatch(/^Manifest.Spec.Fields is missing/);
    expect(said(tagging(hole('Owner')), { Manifest: { Location: FILE } })).toBe('Manifest.Spec is missing.');
  });

  test('is refused or not, never more, whatever its values are', () => {
    const bit = fc.constantFrom('$', '{', '}', '(', ')', ':', 'key', ':default(', 'Owner', 'Key', hole('Owner'), 'ü');
    const value = fc.array(bit).map((bits) => bits.join(''));
    const operation = value.chain((text) => fc.constantFrom(tagging(text), copy(text), invocation(text)));
    fc.assert(
      fc.property(operation, fc.boolean(), (given, TaskParameters) => {
        expect(typeof said(given, { Manifest: CSV, Drover: { TaskParameters } })).toBe('string');
      }),
    );
  });

  test('needs those columns kept with its lines', () => {
    const manifest = { Location: FILE, Drover: { Format: 'Parquet', Columns: { Bucket: 'b', Key: 'k' } } };
    const request = requestOf(tagging(`${hole('Owner')} ${hole('Key')} ${hole('team')}`), { Manifest: manifest });
    expect(neededColumns(request as unknown as JobRequest)).toEqual(['Owner', 'team']);
    expect(neededColumns({ ...request, Drover: {} } as unknown as JobRequest)).toEqual([]);
  });
});

describe('a job without', () => {
  const plain = { Drover: {}, Manifest: CSV };

  test('has arguments that look like placeholders as they are', () => {
    expect(said(invocation(`${hole('Owner')} ${hole('').slice(0, 2)}`), plain)).toBe('');
  });

  test.each<[string, object]>([
    ['RetainUntilDate must be a time in ISO 8601', retention(hole('Owner'))],
    [`not "${hole('Owner')}"; with Drover.TaskParameters true, ${hole('…')} is filled`, tagging(hole('Owner'))],
    [`and columns of the manifest with Drover.TaskParameters.`, copy(hole('Owner'))],
  ])('is told how there could be: %s', (message, operation) => {
    expect(said(operation, plain)).toContain(message);
  });
});

function retention(RetainUntilDate: string) {
  return { S3PutObjectRetention: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate } } };
}

function metadataCopy(value: string) {
  const NewObjectMetadata = { ContentType: `text/${value}`, UserMetadata: { owner: value } };
  return { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', TargetKeyPrefix: value, NewObjectMetadata } };
}

function listing() {
  const generator = { SourceBucket: 'arn:aws:s3:::photos', EnableManifestOutput: false };
  return { ManifestGenerator: { S3JobManifestGenerator: generator } };
}
