import { PutBucketOwnershipControlsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OPERATIONS } from '../../../core/operations/registry.ts';
import { type LocalS3, startLocalS3, taskOf } from './local-s3.ts';
import { anyKey, encodeKey, LONGEST, ODD, ODDER, SAMPLES } from './samples.ts';

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
