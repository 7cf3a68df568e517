import { GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CopyParameters } from '../../../../core/operations/copy/copy-parameters.ts';
import { move } from '../../../../core/operations/move.ts';
import type { Operation, TaskContext } from '../../../../core/operations/operation.ts';
import { putObjectCopy } from '../../../../core/operations/put-object-copy.ts';
import { PIECE_BYTES, putLargeObject } from '../../../local/s3/large-object.ts';
import { type LocalS3, SUCCESSFUL, startLocalS3, taskOf } from '../local-s3.ts';
import { answer } from '../task-context.ts';
import { MeddlingS3, MemoryNotes } from './meddling-s3.ts';

const GIB = 1024 ** 3;

let local: LocalS3;
let from: string;
let to: string;
let s3: MeddlingS3;
let context: TaskContext;
beforeAll(async () => {
  local = await startLocalS3();
  from = await local.s3.bucket();
  const wishes = { ContentType: 'text/plain', Metadata: { color: 'red' }, Tagging: 'a=1' };
  await putLargeObject(local.s3.client, from, 'large', 6, wishes);
}, 60_000);
afterAll(() => local.stop());
beforeEach(async () => {
  to = await local.s3.bucket();
  s3 = new MeddlingS3(local.context.s3);
  s3.refusesCopies = false;
  context = { ...local.context, s3, notes: new MemoryNotes() };
});

async function expectLarge(key: string): Promise<void> {
  const { client } = local.s3;
  const { ContentLength, ContentType, Metadata } = await client.send(new HeadObjectCommand({ Bucket: to, Key: key }));
  expect({ ContentLength, ContentType }).toEqual({ ContentLength: 6 * GIB, ContentType: 'text/plain' });
  expect(Metadata).toMatchObject({ color: 'red' });
  const last = PIECE_BYTES.subarray(-7).toString();
  const Range = `bytes=${6 * GIB - 7}-`;
  const got = await client.send(new GetObjectCommand({ Bucket: to, Key: key, Range }));
  expect(await got.Body?.transformToString()).toBe(last);
  expect((await client.send(new ListMultipartUploadsCommand({ Bucket: to }))).Uploads ?? []).toEqual([]);
}

describe('with S3’s own limits, an object of 6 GiB', () => {
  test.each<[string, Operation<CopyParameters>, string]>([
    ['copied', putObjectCopy, 'large'],
    ['moved', move, 'moving'],
  ])(
    'is %s',
    async (_, operation, key) => {
      if (key === 'moving')
        await putLargeObject(local.s3.client, from, key, 6, { ContentType: 'text/plain', Metadata: { color: 'red' } });
      const parameters = { TargetResource: `arn:aws:s3:::${to}` };
      const task = taskOf(from, key);
      expect(await operation.examine(task, parameters, context)).toMatchObject({
        finding: 'change',
        says: expect.stringContaining(`${6 * GIB} bytes to s3://${to}/${key} in 24 parts`),
      });
      expect(await operation.execute(task, parameters, context)).toEqual(SUCCESSFUL);
      expect(s3.count('UploadPartCopy')).toBe(24);
      await expectLarge(key);
      expect(await operation.execute(task, parameters, context)).toEqual(SUCCESSFUL);
      expect(s3.count('UploadPartCopy')).toBe(24);
    },
    60_000,
  );
});

test.each([
  [10_000 * 5 * GIB, 'in 10000 parts'],
  [10_000 * 5 * GIB + 1, 'failure'],
])('an object of %i bytes would be copied %s', async (size, how) => {
  s3.meddle = async (_, send) => {
    const reply = await send();
    return reply.ok ? answer('', { ...reply.headers, 'content-length': String(size) }) : reply;
  };
  const found = await putObjectCopy.examine(taskOf(from, 'large'), { TargetResource: `arn:aws:s3:::${to}` }, context);
  expect(found.finding === 'change' ? found.says : found.finding).toContain(how);
});
