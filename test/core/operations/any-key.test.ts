import { PutBucketOwnershipControlsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OperationName } from '../../../core/job/operation-name.ts';
import { OPERATIONS } from '../../../core/operations/registry.ts';
import { type LocalS3, startLocalS3, taskOf } from './local-s3.ts';

/** These hand a key on as it is in the manifest, or cannot be carried out. */
type WithoutRequests = 'LambdaInvoke' | 'S3ReplicateObject';

interface Sample {
  readonly parameters: object;
  readonly storageClass?: string;
  /** Where the object is then; its own place unless given. */
  readonly after?: 'gone' | 'copied' | 'moved';
}

const OTHER = 'arn:aws:s3:::bucket-2';
const SAMPLES: Readonly<Record<Exclude<OperationName, WithoutRequests>, Sample>> = {
  S3PutObjectCopy: { parameters: { TargetResource: OTHER }, after: 'copied' },
  S3PutObjectAcl: { parameters: { AccessControlPolicy: { CannedAccessControlList: 'public-read' } } },
  S3PutObjectTagging: { parameters: { TagSet: [{ Key: 'a', Value: 'b' }] } },
  S3DeleteObjectTagging: { parameters: {} },
  S3InitiateRestoreObject: { parameters: { ExpirationInDays: 1 }, storageClass: 'GLACIER' },
  S3PutObjectLegalHold: { parameters: { LegalHold: { Status: 'ON' } } },
  S3PutObjectRetention: {
    parameters: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2999-01-01T00:00:00Z' } },
  },
  S3ComputeObjectChecksum: { parameters: {} },
  S3UpdateObjectEncryption: {
    parameters: {
      ObjectEncryption: {
        SSEKMS: { KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/aaaaaaaa-1111-2222-3333-444444444444' },
      },
    },
  },
  DeleteObject: { parameters: {}, after: 'gone' },
  MergeTags: { parameters: { TagSet: [{ Key: 'a', Value: 'b' }] } },
  Move: { parameters: { TargetResource: OTHER }, after: 'moved' },
  Inspect: { parameters: {} },
};

/** As encodeURIComponent, and what it leaves alone too: the form S3 signs. */
const encodeKey = (key: string) =>
  encodeURIComponent(key).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const ODD = ['/', '//a', 'a//b', 'a/./b', 'a/../b', '..', '.', '/../', 'a/', '+', 'a b', '%', '%2F', '"\'', 'a\r\nb'];
const ODDER = [
  'a,b',
  '?x=1',
  '?versionId=null',
  '#',
  '&',
  '=',
  '\\',
  '*~!()',
  '\u007f',
  'é',
  'e\u0301',
  '🦬',
  '\uffff',
];
const LONGEST = ['🦬'.repeat(256), 'a/'.repeat(512)];
const anyKey = fc.oneof(
  fc.constantFrom(...ODD, ...ODDER, ...LONGEST),
  // Whole code points only: surrogates alone have no UTF-8.
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
);

let local: LocalS3;
let bucket: string;
let other: string;
beforeAll(async () => {
  local = await startLocalS3();
  bucket = await local.s3.bucket({ objectLock: true });
  other = await local.s3.bucket({ versioned: true });
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
  await local.s3.client.send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls }));
});
afterAll(() => local.stop());

// Raw requests: the SDK takes dots and slashes out of some of these paths itself.
async function put(key: string, storageClass: string | undefined): Promise<string> {
  const headers = storageClass === undefined ? {} : { 'x-amz-storage-class': storageClass };
  const reply = await local.s3.send({ method: 'PUT', path: `/${bucket}/${encodeKey(key)}`, body: key, headers });
  return String(reply.headers['x-amz-version-id']);
}
const read = async (from: string, key: string, versionId?: string) => {
  const query = versionId === undefined ? '' : `?versionId=${versionId}`;
  const { status, body } = await local.s3.send({ path: `/${from}/${encodeKey(key)}${query}` });
  return status === 200 ? body : status;
};

describe.each(
  OPERATIONS.filter(({ name }) => name in SAMPLES).map((operation) => [operation.name, operation] as const),
)('%s', (name, operation) => {
  const { parameters, storageClass, after } = SAMPLES[name as keyof typeof SAMPLES];

  test('reaches the object of any key, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, async (key) => {
        // A version is of one key only: a request to another key does not find it.
        const versionId = await put(key, storageClass);
        const { status, message } = await operation.execute(taskOf(bucket, key, versionId), parameters, local.context);
        expect([status, status === 'failed' ? message : '']).toEqual(['succeeded', '']);
        if (after === 'gone' || after === 'moved') expect(await read(bucket, key, versionId)).toBe(404);
        if (after === 'copied' || after === 'moved') expect(await read(other, key)).toBe(key);
      }),
      { numRuns: 60, examples: [...ODD, ...ODDER, ...LONGEST].map((key) => [key]) },
    );
  });
});

test('all operations that send requests to S3 are tried', () => {
  const names: readonly string[] = [...Object.keys(SAMPLES), 'LambdaInvoke', 'S3ReplicateObject'];
  expect(OPERATIONS.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([]);
});
