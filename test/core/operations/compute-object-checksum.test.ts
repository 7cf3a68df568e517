import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChecksumAlgorithm } from '../../../core/operations/checksum/checksum-algorithm.ts';
import { checksumMessage } from '../../../core/operations/checksum/checksum-message.ts';
import { withHasher } from '../../../core/operations/checksum/hasher.ts';
import { RANGE_BYTES } from '../../../core/operations/checksum/object-bytes.ts';
import {
  computeObjectChecksum,
  createComputeObjectChecksum,
} from '../../../core/operations/compute-object-checksum.ts';
import type { Task, TaskContext } from '../../../core/operations/operation.ts';
import { TaskUnfinished } from '../../../core/operations/task-notes.ts';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';
import { KeptNotes, VirtualObject } from './checksum/virtual-object.ts';
import { current, failedLine, type LocalS3, startLocalS3, taskOf } from './local-s3.ts';
import { contextOf, refusal, ScriptedS3, TASK } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

const MIB = 1024 * 1024;

let local: LocalS3;
let plain: string;
let versioned: string;
beforeAll(async () => {
  local = await startLocalS3();
  plain = await local.s3.bucket();
  versioned = await local.s3.bucket({ versioned: true });
});
afterAll(() => local.stop());

/** What the report says of a checksum. */
function told(result: TaskResult): Record<string, string> {
  expect(result).toMatchObject({ status: 'succeeded', httpStatus: 200, errorCode: '' });
  return JSON.parse(result.message);
}

function permanent(says: string, code: number, { taskId } = TASK): object {
  const message = `error details: {"failureMessage":"Task ${taskId} ${says}", "errorCode": "${code}"}`;
  return { status: 'failed', httpStatus: 200, errorCode: 'PermanentFailure', message };
}

/** An object of several parts with a checksum of S3's own. */
async function upload(Key: string, parts: readonly Buffer[], algorithm: 'SHA256' | 'CRC32'): Promise<string> {
  const { client } = local.s3;
  const object = { Bucket: plain, Key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: algorithm, ChecksumType: 'COMPOSITE' }),
  );
  const Parts = await Promise.all(
    parts.map(async (Body, index) => {
      const part = { ...object, UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm: algorithm };
      const { ETag, ChecksumSHA256, ChecksumCRC32 } = await client.send(new UploadPartCommand(part));
      return { ETag, PartNumber: index + 1, ChecksumSHA256, ChecksumCRC32 };
    }),
  );
  const done = await client.send(
    new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }),
  );
  return `${algorithm === 'SHA256' ? done.ChecksumSHA256 : done.ChecksumCRC32}`;
}

describe('the checksum of a full object', () => {
  const SIZES = [0, 1, RANGE_BYTES, RANGE_BYTES + 1, 3 * RANGE_BYTES + 7];
  const bodies = SIZES.map((size) => randomBytes(size));
  const tasks: Task[] = [];
  beforeAll(async () => {
    for (const Body of bodies) tasks.push(await local.put({ Bucket: plain, Body }));
  });

  test.each<[ChecksumAlgorithm, (bytes: Buffer) => string]>([
    ['CRC32', (bytes) => crc32(bytes).toString(16).padStart(8, '0')],
    ['MD5', (bytes) => createHash('md5').update(bytes).digest('hex')],
    ['SHA1', (bytes) => createHash('sha1').update(bytes).digest('hex')],
    ['SHA256', (bytes) => createHash('sha256').update(bytes).digest('hex')],
    ['SHA512', (bytes) => createHash('sha512').update(bytes).digest('hex')],
  ])('is its %s, whatever its size', async (ChecksumAlgorithm, reference) => {
    for (const [index, task] of tasks.entries()) {
      const bytes = bodies[index]!;
      const checksum = told(await computeObjectChecksum.execute(task, { ChecksumAlgorithm }, local.context));
      const hex = reference(bytes);
      expect(checksum).toEqual({
        checksum_base64: Buffer.from(hex, 'hex').toString('base64'),
        etag: createHash('md5').update(bytes).digest('hex'),
        checksumAlgorithm: ChecksumAlgorithm,
        checksumType: 'FULL_OBJECT',
        checksum_hex: hex.toUpperCase(),
      });
    }
  });

  test.each<ChecksumAlgorithm>(['CRC32C', 'CRC64NVME', 'XXHASH64', 'XXHASH3', 'XXHASH128'])(
    'is its %s',
    async (ChecksumAlgorithm) => {
      const digest = await withHasher(ChecksumAlgorithm, async (hasher) => {
        hasher.update(bodies[4]!);
        return hasher.digest();
      });
      const result = await computeObjectChecksum.execute(tasks[4]!, { ChecksumAlgorithm }, local.context);
      expect(told(result)['checksum_base64']).toBe(digest.toString('base64'));
    },
  );

  test('is CRC64NVME unless another is asked for', async () => {
    const task = await local.put({ Bucket: plain, Body: '123456789' });
    expect(told(await computeObjectChecksum.execute(task, {}, local.context))).toMatchObject({
      checksumAlgorithm: 'CRC64NVME',
      checksumType: 'FULL_OBJECT',
      checksum_hex: 'AE8B14860A799888',
    });
  });

  test('is the same when it is read again', async () => {
    const first = await computeObjectChecksum.execute(tasks[3]!, {}, local.context);
    expect(await computeObjectChecksum.execute(tasks[3]!, {}, local.context)).toEqual(first);
  });

  test('is that of the version that was named, and of the current one where none was', async () => {
    const old = await local.put({ Bucket: versioned, Key: 'k', Body: 'old' });
    await local.put({ Bucket: versioned, Key: 'k', Body: 'new' });
    const md5 = async (task: Task) =>
      told(await computeObjectChecksum.execute(task, { ChecksumAlgorithm: 'MD5' }, local.context))['checksum_hex'];
    const hex = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase();
    expect(await md5(old)).toBe(hex('old'));
    expect(await md5(current(old))).toBe(hex('new'));
  });
});

describe('a composite checksum', () => {
  test.each(['SHA256', 'CRC32'] as const)('is the %s that S3 gives an upload', async (ChecksumAlgorithm) => {
    const parts = [randomBytes(5 * MIB), randomBytes(9 * MIB + 3), randomBytes(1)];
    const stored = await upload(`parts-${ChecksumAlgorithm}`, parts, ChecksumAlgorithm);
    expect(stored).toMatch(/-3$/);
    const task = taskOf(plain, `parts-${ChecksumAlgorithm}`);
    const wanted = { ChecksumAlgorithm, ChecksumType: 'COMPOSITE' } as const;
    expect(told(await computeObjectChecksum.execute(task, wanted, local.context))).toEqual({
      checksum_base64: stored,
      etag: expect.stringMatching(/^[0-9a-f]{32}-3$/),
      checksumAlgorithm: ChecksumAlgorithm,
      checksumType: 'COMPOSITE',
      checksum_hex: `${Buffer.from(stored.split('-')[0] ?? '', 'base64')
        .toString('hex')
        .toUpperCase()}-3`,
    });
    const full = await computeObjectChecksum.execute(task, { ChecksumAlgorithm: 'CRC32' }, local.context);
    expect(told(full)['checksum_hex']).toBe(crc32(Buffer.concat(parts)).toString(16).padStart(8, '0').toUpperCase());
  });

  test.each(['', 'x'])('of an object that is no upload, %j, is one of a single part', async (Body) => {
    const task = await local.put({ Bucket: plain, Body: Buffer.from(Body) });
    const wanted = { ChecksumAlgorithm: 'SHA1', ChecksumType: 'COMPOSITE' } as const;
    const sha1 = (bytes: string | Buffer) => createHash('sha1').update(bytes).digest();
    const checksum = told(await computeObjectChecksum.execute(task, wanted, local.context));
    expect(checksum['checksum_base64']).toBe(`${sha1(sha1(Body)).toString('base64')}-1`);
  });
});

test('the report has a checksum as S3 writes it', () => {
  const checksum = { digest: Buffer.from('6D2F5339', 'hex') };
  const wanted = { algorithm: 'CRC32', type: 'FULL_OBJECT' } as const;
  expect(checksumMessage(wanted, '"3c3c1813042989094598e4b57ecbdc82"', checksum)).toBe(
    '{"checksum_base64":"bS9TOQ\\u003d\\u003d","etag":"3c3c1813042989094598e4b57ecbdc82",' +
      '"checksumAlgorithm":"CRC32","checksumType":"FULL_OBJECT","checksum_hex":"6D2F5339"}',
  );
});

describe('an object that cannot be read fails', () => {
  test('where there is none, in the words of S3 Batch Operations', async () => {
    const there = await local.put({ Bucket: versioned });
    const missing = [taskOf(versioned, 'not/there'), taskOf(versioned, there.key, 'v'.repeat(32))];
    for (const task of missing) {
      const line = permanent('Key not found', 404, task);
      expect(await computeObjectChecksum.execute(task, {}, local.context)).toEqual(line);
      const found = await computeObjectChecksum.examine(task, {}, local.context);
      expect(found).toEqual({ finding: 'failure', result: line });
    }
    expect(await computeObjectChecksum.execute(taskOf('no-such-bucket', 'k'), {}, local.context)).toEqual(
      failedLine(404, 'NoSuchBucket', 'The specified bucket does not exist'),
    );
  });

  test('where it is archived, until it is restored', async () => {
    const task = await local.put({ Bucket: plain, StorageClass: 'GLACIER' });
    const line = { status: 'failed', httpStatus: 403, errorCode: 'InvalidObjectState' };
    expect(await computeObjectChecksum.execute(task, {}, local.context)).toMatchObject(line);
    const found = await computeObjectChecksum.examine(task, {}, local.context);
    expect(found).toMatchObject({ finding: 'failure', result: line });
  });

  test.each([
    [
      refusal(400, 'InvalidRequest', 'The object was stored using a form of Server Side Encryption. The correct …'),
      permanent('SSE-C encryption type is not supported for this operation', 400),
    ],
    [refusal(500, 'InternalError', 'We …'), permanent('Internal server error, please retry', 500)],
    [refusal(403, 'AccessDenied', 'Access Denied'), failedLine(403, 'AccessDenied', 'Access Denied')],
  ])('where S3 says %j', async (reply, line) => {
    const context = contextOf({ s3: new ScriptedS3(reply) });
    expect(await computeObjectChecksum.execute(TASK, {}, context)).toEqual(line);
  });

  test('where a store answers less than was asked for', async () => {
    const s3 = new VirtualObject([2 * RANGE_BYTES]);
    const short = { send: async (...call: Parameters<VirtualObject['send']>) => cutOff(await s3.send(...call)) };
    const result = await computeObjectChecksum.execute(TASK, {}, contextOf({ s3: short }));
    expect(result).toMatchObject({ status: 'failed', errorCode: 'PermanentFailure' });
    expect(result.message).toMatch(/^S3 answered \d+ bytes where \d+ were asked for\.$/);
  });
});

function cutOff<Reply extends object>(reply: Reply): Reply {
  return 'bytes' in reply && Buffer.isBuffer(reply.bytes) ? { ...reply, bytes: reply.bytes.subarray(1) } : reply;
}

describe('an object that is replaced while it is read', () => {
  const body = randomBytes(12 * RANGE_BYTES);
  /** Replaces the object once its first bytes have been read. */
  function replacing({ bucket, key }: Task): TaskContext {
    const { s3 } = local.context;
    let replaced: Promise<unknown> | undefined;
    return {
      ...local.context,
      s3: {
        async send(request, signal) {
          const reply = await s3.send(request, signal);
          replaced ??= local.s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'other' }));
          await replaced;
          return reply;
        },
      },
    };
  }

  test('fails', async () => {
    const task = await local.put({ Bucket: plain, Body: body });
    expect(await computeObjectChecksum.execute(task, {}, replacing(task))).toEqual({
      status: 'failed',
      httpStatus: 412,
      errorCode: 'PreconditionFailed',
      message: 'The object was replaced while it was read.',
    });
  });

  test('is read to its end where the bucket keeps versions', async () => {
    const task = current(await local.put({ Bucket: versioned, Body: body }));
    const result = await computeObjectChecksum.execute(task, { ChecksumAlgorithm: 'MD5' }, replacing(task));
    expect(told(result)['checksum_hex']).toBe(createHash('md5').update(body).digest('hex').toUpperCase());
  });
});

describe('an object that takes more than an invocation', () => {
  const PARTS = [...Array.from({ length: 40 }, () => 7 * MIB + 1), 5];
  const SECOND = 1_000;

  /** Runs invocations of so many seconds, in which each request takes one, until the task ends. */
  async function invocations(s3: VirtualObject, seconds: number, ChecksumType: 'FULL_OBJECT' | 'COMPOSITE') {
    const clock = new VirtualClock();
    s3.before = () => {
      clock.time += SECOND;
    };
    const notes = new KeptNotes();
    for (let count = 1; ; count++) {
      const context = { ...contextOf({ s3, notes }), deadline: clock.now() + seconds * SECOND };
      const wanted = { ChecksumAlgorithm: 'XXHASH3', ChecksumType } as const;
      try {
        return { count, result: await createComputeObjectChecksum(clock).execute(TASK, wanted, context) };
      } catch (error) {
        if (!(error instanceof TaskUnfinished)) throw error;
        expect([...notes.kept.keys()]).toEqual([TASK.taskId]);
      }
    }
  }

  test.each(['FULL_OBJECT', 'COMPOSITE'] as const)('goes on where the last one ended: %s', async (type) => {
    const once = await invocations(new VirtualObject(PARTS), 10_000, type);
    expect(once.count).toBe(1);
    const s3 = new VirtualObject(PARTS);
    const often = await invocations(s3, 25, type);
    expect(often.count).toBeGreaterThan(3);
    expect(often.result).toEqual(once.result);
    expect(told(often.result)['checksumType']).toBe(type);
    // Each invocation reads again the first range, and those that were ahead when the last one ended.
    const ranges = s3.requests.filter(({ method }) => method === 'GET').length;
    expect(ranges).toBeLessThan(Math.ceil(s3.size / RANGE_BYTES) + often.count * 6);
  });

  test('gets on in each, however little time there is', async () => {
    const { result } = await invocations(new VirtualObject(PARTS), 0, 'FULL_OBJECT');
    expect(result.status).toBe('succeeded');
  });

  test('starts anew when it was replaced in between', async () => {
    const s3 = new VirtualObject(PARTS);
    const notes = new KeptNotes();
    const context = { ...contextOf({ s3, notes }), deadline: 0 };
    const wanted = { ChecksumAlgorithm: 'XXHASH3' } as const;
    await expect(computeObjectChecksum.execute(TASK, wanted, context)).rejects.toThrow(TaskUnfinished);
    s3.etag = '"v2"';
    const result = await computeObjectChecksum.execute(TASK, wanted, { ...context, deadline: Number.MAX_SAFE_INTEGER });
    const fresh = await invocations(new VirtualObject(PARTS), 10_000, 'FULL_OBJECT');
    expect(told(result)).toEqual({ ...told(fresh.result), etag: 'v2' });
  });

  test('asks for no more once the invocation must end', async () => {
    const s3 = new VirtualObject(PARTS);
    const abort = new AbortController();
    s3.before = () => {
      if (s3.requests.length === 20) abort.abort(new Error('time is up'));
    };
    const context = { ...contextOf({ s3, notes: new KeptNotes() }), signal: abort.signal };
    await expect(computeObjectChecksum.execute(TASK, {}, context)).rejects.toThrow('time is up');
    expect(s3.requests.length).toBeLessThan(30);
  });
});

describe('a job', () => {
  test.each([
    [{ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }, /ChecksumType must be FULL_OBJECT for CRC64NVME/],
    [{ ChecksumType: 'COMPOSITE' }, /ChecksumType must be FULL_OBJECT for CRC64NVME/],
    [{ ChecksumAlgorithm: 'CRC64NVME' }, /^$/],
    [{ ChecksumAlgorithm: 'XXHASH128', ChecksumType: 'COMPOSITE' }, /^$/],
  ])('that asks for %j', (parameters, refused) => {
    expect(whyRefused({ S3ComputeObjectChecksum: parameters })).toMatch(refused);
  });

  test('without a report is refused', () => {
    const request = { Report: { Enabled: false } } as Parameters<
      NonNullable<typeof computeObjectChecksum.checkRequest>
    >[0];
    expect(computeObjectChecksum.checkRequest?.(request, {})).toEqual([
      { path: 'Report.Enabled', says: expect.stringMatching(/^must be true/) },
    ]);
  });

  test('that is only tried says how much it would read', async () => {
    const task = await local.put({ Bucket: plain, Body: 'x'.repeat(1_234) });
    const found = await computeObjectChecksum.examine(task, {}, local.context);
    expect(found).toEqual({ finding: 'change', says: 'Would read 1234 bytes' });
  });
});
