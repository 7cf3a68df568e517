import { describe, expect, test } from '@jest/globals';
import { checkJobRequest } from '../../../core/job/check-request.ts';
import { TAGGING_REQUEST } from '../api/fixtures.ts';

/** TAGGING_REQUEST with the member at a path replaced; undefined takes it away. */
function spoiled(path: string, value: unknown): unknown {
  const copy = structuredClone(TAGGING_REQUEST) as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = copy;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const ALLOWED: readonly (readonly [string, unknown])[] = [
  ['Manifest.Spec.Fields', ['Ignore', 'VersionId', 'Key', 'Ignore', 'Bucket']],
  ['Manifest.Spec', { Format: 'S3InventoryReport_CSV_20161130' }],
  ['Manifest.Spec', { Format: 'S3InventoryReport_CSV_20211130' }],
  ['Manifest.Drover', { Header: 'Skip', ExtraColumns: 'Ignore', EmptyVersion: 'Null' }],
  ['Manifest.Location.ETag', '"60e460c9d1046e73f7dde5043ac3ae85-3"'],
  ['Manifest.Location.ObjectArn', 'arn:aws-us-gov:s3:::b.u_C-k/a b/ü+%.csv'],
  ['Manifest.Location.ObjectVersionId', 'null'],
  ['Report', { Enabled: false }],
  ['Report.Prefix', undefined],
  ['Report.ExpectedBucketOwner', '000000000000'],
  ['Tags', undefined],
  ['Tags', []],
  ['Description', '😀'.repeat(256)],
  ['Priority', 0],
  ['Priority', 2_147_483_647],
  ['Operation.S3PutObjectTagging.TagSet', []],
  ['Operation', { LambdaInvoke: { FunctionArn: 'my-function:$LATEST', InvocationSchemaVersion: '1.0' } }],
  ['Operation', { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:live' } }],
  ['Drover', {}],
  ['Drover', { DryRun: true, RateLimit: { TasksPerSecond: 1_000_000 } }],
];

test.each(ALLOWED)('%s may be %j', (path, value) => {
  expect(checkJobRequest(spoiled(path, value))).toMatchObject({ ClientRequestToken: 'tok-1' });
});

const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

const REFUSED: readonly (readonly [path: string, value: unknown, message: string])[] = [
  ['Operation', {}, 'Operation must have exactly one operation, but has none.'],
  [
    'Operation',
    { LambdaInvoke: { FunctionArn: 'f' }, S3PutObjectTagging: { TagSet: [] } },
    'Operation must have exactly one operation, but has LambdaInvoke and S3PutObjectTagging.',
  ],
  ['Operation', undefined, 'Operation is missing: it must be a structure with LambdaInvoke'],
  ['Operation.S3PutObjectTagging', {}, 'Operation.S3PutObjectTagging.TagSet is missing: it must be a list.'],
  [
    'Operation.S3PutObjectTagging',
    { TagSet: [], TagSets: [] },
    'Operation.S3PutObjectTagging.TagSets is not a member of S3PutObjectTagging; did you mean TagSet?',
  ],
  ['Operation.S3PutObjectTagging.TagSet', tags(11), 'TagSet must have at most 10 tags, but has 11.'],
  ['Operation.S3PutObjectTagging.TagSet', [...tags(1), ...tags(1)], 'must not have the key "k0" twice.'],
  ['Operation.S3PutObjectTagging.TagSet', [{ Key: '', Value: '' }], 'TagSet[0].Key must have 1 to 128 characters'],
  ['Operation.S3PutObjectTagging.TagSet', [{ Key: 'a'.repeat(129), Value: '' }], 'but has 129'],
  ['Operation.S3PutObjectTagging.TagSet', [{ Key: 'a', Value: 'b'.repeat(257) }], 'Value must have 0 to 256'],
  ['Operation.S3PutObjectTagging.TagSet', [{ Key: 'a#', Value: '' }], 'Key must be made of letters, digits'],
  ['Operation.S3PutObjectTagging.TagSet', [{ Key: 'AWS:x', Value: '' }], 'Key must not begin with aws:'],
  ['Operation.S3PutObjectTagging.TagSet', [{ Key: 'a' }], 'TagSet[0].Value is missing: it must be text.'],
  ['Operation', { LambdaInvoke: {} }, 'Operation.LambdaInvoke.FunctionArn is missing: it must be text.'],
  ['Operation', { LambdaInvoke: { FunctionArn: 'a b' } }, 'FunctionArn must be the ARN of a Lambda function, like'],
  [
    'Operation',
    { S3ReplicateObject: {} },
    'Operation.S3ReplicateObject is not supported: only S3 itself can replicate existing objects by the bucket’s ' +
      'rules. S3PutObjectCopy to the other bucket copies them',
  ],
  [
    'Operation.Drover',
    { DeleteObject: {}, Inspect: {} },
    'Operation must have exactly one operation, but has S3PutObjectTagging and DeleteObject and Inspect.',
  ],
  [
    'Operation.Drover',
    { LambdaInvoke: { TasksPerInvocation: 10 } },
    'Operation.Drover.LambdaInvoke adds to LambdaInvoke, but the operation is S3PutObjectTagging.',
  ],
  [
    'Operation',
    { Drover: { LambdaInvoke: { TasksPerInvocation: 10 } } },
    'Operation must have exactly one operation, but has none.',
  ],
  ['Operation', { Drover: {} }, 'Operation must have exactly one operation, but has none.'],
  ['Operation.Drover', { Delete: {} }, 'Operation.Drover.Delete is not a member of Drover'],
  ['Operation', { Drover: { Inspect: { Deep: true } } }, 'Operation.Drover.Inspect.Deep is not a member of Inspect'],
  // What S3's users ask for and Drover does not do.
  ['Drover', { Deadline: '2026-12-01T00:00:00Z' }, 'Drover.Deadline is not a member of Drover'],
  ['Drover', { Windows: [{ From: '22:00', To: '06:00' }] }, 'Drover.Windows is not a member of Drover'],
  ['Drover', { PriorityAging: true }, 'Drover.PriorityAging is not a member of Drover'],
  ['Drover', { DryRuns: true }, 'Drover.DryRuns is not a member of Drover; did you mean DryRun?'],
  ['Drover', { RateLimit: { TasksPerSecond: 0 } }, 'Drover.RateLimit.TasksPerSecond must be a whole number from 1 to'],
  ['Drover', { RateLimit: {} }, 'Drover.RateLimit.TasksPerSecond is missing'],
  ['Manifest.Drover', { Format: 'ORC' }, 'Manifest.Drover.Format must be'],
  [
    'Manifest.Drover',
    { Format: 'Report_CSV_20180820' },
    'Manifest must have either Spec or Drover.Format, but has both',
  ],
  ['Manifest.Spec', undefined, 'Manifest.Spec is missing.'],
  [
    'Manifest.Drover',
    { Tasks: 'Failed' },
    'Manifest.Drover.Tasks is for the format Report_CSV_20180820, not for S3BatchOperations_CSV_20180820.',
  ],
  ['Manifest.Spec.Format', 'S3InventoryReport_CSV_20161130', 'Manifest.Spec.Fields is for CSV manifests'],
  ['ManifestGenerator', {}, 'The request must have either Manifest or ManifestGenerator, but has both'],
  ['Manifest.Spec.Format', 'CSV', 'Manifest.Spec.Format must be one of S3BatchOperations_CSV_20180820, S3Inv'],
  ['Manifest', undefined, 'Manifest is missing.'],
  ['Manifest.Spec.Fields', undefined, 'Manifest.Spec.Fields is missing'],
  [
    'Manifest.Spec.Fields',
    [],
    'must name Bucket exactly once, but names it 0 times; Manifest.Spec.Fields must name Key',
  ],
  ['Manifest.Spec.Fields', ['Bucket', 'Key', 'Key'], 'must name Key exactly once, but names it 2 times.'],
  ['Manifest.Spec.Fields', ['Bucket', 'Key', 'VersionId', 'VersionId'], 'must name VersionId at most once'],
  ['Manifest.Spec.Fields', ['Bucket', 'key'], 'Fields[1] must be one of Ignore, Bucket, Key, VersionId, not "key".'],
  ['Manifest.Location.ObjectArn', 'arn:aws:s3:::man', 'must be the ARN of an object in a bucket, like'],
  ['Manifest.Location.ObjectArn', 's3://man/m.csv', 'Manifest.Location.ObjectArn must be the ARN of an object, like'],
  ['Manifest.Location.ETag', undefined, 'Manifest.Location.ETag is missing: it must be text.'],
  ['Manifest.Location.ETag', '""', 'Manifest.Location.ETag must be the ETag of the manifest'],
  ['Report', undefined, 'Report is missing: it must be a structure with Bucket, Format, Enabled'],
  ['Report.Enabled', undefined, 'Report.Enabled is missing: it must be true or false.'],
  ['Report.Enabled', 'yes', 'Report.Enabled must be true or false, not "yes".'],
  ['Report', { Enabled: true }, 'Report.Bucket is missing: an enabled report needs it; Report.Format is missing'],
  ['Report.Bucket', 'reports', 'Report.Bucket must be the ARN of a bucket, like arn:aws:s3:::amzn-s3-demo-bucket'],
  ['Report.Bucket', 'arn:aws:s3:::reports/x', 'Report.Bucket must be the ARN of a bucket and no more'],
  ['Report.Format', 'CSV', 'Report.Format must be Report_CSV_20180820, not "CSV".'],
  ['Report.ReportScope', 'All', 'Report.ReportScope must be one of AllTasks, FailedTasksOnly, not "All".'],
  ['Report.Prefix', 'p'.repeat(513), 'Report.Prefix must have 1 to 512 characters, but has 513.'],
  ['Report.ExpectedBucketOwner', '123', 'Report.ExpectedBucketOwner must have 12 to 12 characters'],
  ['ClientRequestToken', undefined, 'ClientRequestToken is missing: it must be text.'],
  ['ClientRequestToken', 't'.repeat(65), 'ClientRequestToken must have 1 to 64 characters, but has 65.'],
  ['Description', '', 'Description must have 1 to 256 characters, but has 0.'],
  ['Description', 'a\u0000', 'Description has the character U+0000, which XML cannot carry.'],
  ['Description', '\ud800', 'Description has the character U+D800, which XML cannot carry.'],
  ['Description', { a: 1 }, 'Description must be text, not a structure.'],
  ['Priority', undefined, 'Priority is missing: it must be a whole number from 0 to 2147483647.'],
  ['Priority', -1, 'Priority must be a whole number from 0 to 2147483647, not -1.'],
  ['Priority', 2_147_483_648, 'Priority must be a whole number from 0 to 2147483647, not 2147483648.'],
  ['Priority', 1.5, 'Priority must be a whole number from 0 to 2147483647, not 1.5.'],
  ['Priority', null, 'Priority must be a whole number from 0 to 2147483647, not null.'],
  ['RoleArn', 'arn:aws:iam::123456789012:user/u', 'RoleArn must be the ARN of a role, like'],
  ['RoleArn', 'arn:aws:iam::123456789012:role/a b', 'RoleArn must be the ARN of a role, like'],
  ['Tags', tags(51), 'Tags must have at most 50 tags, but has 51.'],
  ['Tags', 'x', 'Tags must be a list, not "x".'],
  ['Tag', [], 'Tag is not a member of the request; did you mean Tags?'],
  ['Colour', 'red', 'Colour is not a member of the request, which has ConfirmationRequired, Operation,'],
  ['ConfirmationRequired', 1, 'ConfirmationRequired must be true or false, not 1.'],
];

test.each(REFUSED)('%s cannot be %j', (path, value, message) => {
  expect(() => checkJobRequest(spoiled(path, value))).toThrow(message);
});

describe('SkipUnchanged', () => {
  const skipping = { ...TAGGING_REQUEST, Drover: { SkipUnchanged: true } };

  test('is for operations that know what an object is like', () => {
    expect(checkJobRequest(skipping)).toMatchObject({ Drover: { SkipUnchanged: true } });
    const Operation = { LambdaInvoke: { FunctionArn: 'f' } };
    expect(() => checkJobRequest({ ...skipping, Operation })).toThrow(
      'Drover.SkipUnchanged is not supported with LambdaInvoke, which has no state to compare with.',
    );
  });

  test('may be false anywhere', () => {
    const Operation = { LambdaInvoke: { FunctionArn: 'f' } };
    expect(checkJobRequest({ ...skipping, Operation, Drover: { SkipUnchanged: false } })).toMatchObject({ Operation });
  });
});

describe('the request as a whole', () => {
  const generating = (changes: object): unknown => {
    const { Manifest: _, ...request } = TAGGING_REQUEST;
    const generator = { SourceBucket: 'arn:aws:s3:::data', EnableManifestOutput: false, ...changes };
    return { ...request, ManifestGenerator: { S3JobManifestGenerator: generator } };
  };

  /** A generator whose manifest is to be written. */
  const writingTo = (changes: object): object => {
    const location = { Bucket: 'arn:aws:s3:::out', ManifestFormat: 'S3InventoryReport_CSV_20211130', ...changes };
    return { EnableManifestOutput: true, ManifestOutputLocation: location };
  };

  test('may have its generated manifest written', () => {
    const asked = writingTo({ ManifestPrefix: 'p', ManifestEncryption: { SSEKMS: { KeyId: 'k' } } });
    expect(checkJobRequest(generating(asked))).toMatchObject({ ManifestGenerator: { S3JobManifestGenerator: asked } });
  });

  test('may have a generator instead of a manifest', () => {
    const Filter = { KeyNameConstraint: { MatchAnyPrefix: ['a'] }, MatchAnyObjectEncryption: [{ SSES3: {} }] };
    expect(checkJobRequest(generating({ Filter }))).toMatchObject({
      ManifestGenerator: { S3JobManifestGenerator: { Filter } },
    });
  });

  test.each([
    [{ SourceBucket: 'arn:aws:s3:::data/key' }, 'SourceBucket must be the ARN of a bucket and no more'],
    [{ SourceBucket: 'arn:aws:s3:::data--use1-az4--x-s3' }, 'SourceBucket must be a general purpose bucket'],
    [{ EnableManifestOutput: true }, 'ManifestOutputLocation is missing, and EnableManifestOutput is true'],
    [writingTo({ Bucket: 'arn:aws:s3:::out/key' }), 'ManifestOutputLocation.Bucket must be the ARN of a bucket'],
    [writingTo({ Bucket: 'arn:aws:s3:::out--use1-az4--x-s3' }), 'ManifestOutputLocation.Bucket must be a general'],
    [writingTo({ ManifestFormat: 'CSV' }), 'ManifestOutputLocation.ManifestFormat'],
    [
      writingTo({ ManifestEncryption: { SSES3: {}, SSEKMS: { KeyId: 'k' } } }),
      'ManifestOutputLocation.ManifestEncryption must have either SSE-S3 or SSE-KMS',
    ],
    [{ Filter: { EligibleForReplication: true } }, 'Filter.EligibleForReplication is not supported'],
    [
      { Drover: { Filter: { MatchAnyEncryptionStatus: ['SSE-S3'] } } },
      'S3JobManifestGenerator.Drover.Filter.MatchAnyEncryptionStatus needs the column EncryptionStatus',
    ],
    [{ Drover: { Filter: { Sample: {} } } }, 'S3JobManifestGenerator.Drover.Filter.Sample must have either'],
    [{ Filter: { MatchAnyObjectEncryption: [{ SSES3: {}, SSEC: {} }] } }, 'must name exactly one kind of encryption'],
  ])('refuses a generator with %j', (changes, reason) => {
    expect(() => checkJobRequest(generating(changes))).toThrow(reason);
  });

  test.each([null, 'x', [], 7])('%j is not a request', (raw) => {
    expect(() => checkJobRequest(raw)).toThrow('The request must be a structure with ConfirmationRequired');
  });

  test('tells of five problems and counts the rest', () => {
    expect(() => checkJobRequest({ a: 1 })).toThrow(/; and \d+ more\.$/);
  });
});
