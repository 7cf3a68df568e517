import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PIECE_BYTES, putCopies, putLargeObject } from './large-object.ts';
import { explain, startS3, type TestS3 } from './s3-harness.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TOO_LARGE =
  'InvalidRequest 400: The specified copy source is larger than the maximum allowable size for a copy source: 5368709120';

let folder: string;
let s3: TestS3;
let Bucket: string;
let etag: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-s3-large-'));
  s3 = await startS3({ folder });
  Bucket = await s3.bucket();
  etag = await putLargeObject(s3.client, Bucket, 'large', 6);
}, 60_000);
afterAll(async () => {
  await s3.stop();
  await rm(folder, { recursive: true });
});

/** Bytes on disk, each file once however many names it has. */
async function diskUse(): Promise<number> {
  const files = await readdir(join(folder, 'bodies'), { recursive: true, withFileTypes: true });
  const stats = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => stat(join(file.parentPath, file.name))),
  );
  return [...new Map(stats.map((one) => [one.ino, one.size])).values()].reduce((sum, size) => sum + size, 0);
}

async function read(Key: string, Range: string): Promise<string> {
  const got = await s3.client.send(new GetObjectCommand({ Bucket, Key, Range }));
  return (await got.Body?.transformToString()) ?? '';
}

const sizeOf = async (Key: string) => (await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength;

/** The ETag of a large object in these parts. */
function etagOf(parts: readonly { readonly start: number; readonly size: number }[]): string {
  const known = new Map<string, Buffer>();
  const digests = parts.map(({ start, size }) => {
    const shift = start % PIECE_BYTES.length;
    const name = `${shift} ${size}`;
    const digest = known.get(name) ?? digestOf(shift, size);
    known.set(name, digest);
    return digest;
  });
  return `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}"`;
}

function digestOf(shift: number, size: number): Buffer {
  const turned = Buffer.concat([PIECE_BYTES.subarray(shift), PIECE_BYTES.subarray(0, shift)]);
  const md5 = createHash('md5');
  for (let left = size; left > 0; left -= turned.length) md5.update(turned.subarray(0, left));
  return md5.digest();
}

/** Parts of this size, but for the last, that make up 6 GiB. */
function cut(size: number): { start: number; size: number }[] {
  const starts = Array.from({ length: Math.ceil((6 * GIB) / size) }, (_, n) => n * size);
  return starts.map((start) => ({ start, size: Math.min(size, 6 * GIB - start) }));
}

describe('an object over 5 GiB', () => {
  test('takes the disk of what it was made of, has the right ETag and the right bytes', async () => {
    expect(await sizeOf('large')).toBe(6 * GIB);
    expect(await diskUse()).toBe(PIECE_BYTES.length);
    expect(etag).toBe(etagOf(cut(GIB)));
    const across = `bytes=${5 * GIB - 4}-${5 * GIB + 3}`;
    const [end, start] = [PIECE_BYTES.subarray(-4), PIECE_BYTES.subarray(0, 4)];
    expect(await read('large', across)).toBe(`${end}${start}`);
  });

  test('is copied part by part in seconds, whatever the parts', async () => {
    // Every other part begins in the midst of a piece.
    const parts = cut(200 * MIB);
    const sources = parts.map(({ start, size }) => ({
      CopySource: `${Bucket}/large`,
      CopySourceRange: `bytes=${start}-${start + size - 1}`,
    }));
    expect(await putCopies(s3.client, { Bucket, Key: 'copy' }, sources)).toBe(etagOf(parts));
    expect(await sizeOf('copy')).toBe(6 * GIB);
    expect(await diskUse()).toBe(PIECE_BYTES.length);
    const at = 3 * GIB + 5;
    expect(await read('copy', `bytes=${at}-${at + 9}`)).toBe(await read('large', `bytes=${at}-${at + 9}`));
  }, 60_000);

  test('is copied by no single request', async () => {
    const CopySource = `${Bucket}/large`;
    const whole = new CopyObjectCommand({ Bucket, Key: 'no', CopySource });
    expect(await explain(s3.client.send(whole))).toBe(TOO_LARGE);
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'no' }));
    const part = { Bucket, Key: 'no', UploadId, PartNumber: 1, CopySource };
    expect(await explain(s3.client.send(new UploadPartCopyCommand(part)))).toBe(TOO_LARGE);
    const CopySourceRange = `bytes=0-${5 * GIB}`;
    const long = new UploadPartCopyCommand({ ...part, CopySourceRange });
    expect(await explain(s3.client.send(long))).toBe(TOO_LARGE);
  });
});

describe('a copied part', () => {
  test('has the digests of its bytes, whichever bytes of whichever parts', async () => {
    const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, n) => (n * 7919) % 251));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'bytes', Body: bytes }));
    const CopySource = `${Bucket}/bytes`;
    const { UploadId } = await s3.client.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'ranges', ChecksumAlgorithm: 'CRC32C' }),
    );
    for (const [start, end] of [
      [0, 400_000],
      [100_000, 300_000],
      [100_000, 300_000],
      [5, 15],
    ] as const) {
      const CopySourceRange = `bytes=${start}-${end - 1}`;
      const { CopyPartResult } = await s3.client.send(
        new UploadPartCopyCommand({ Bucket, Key: 'ranges', UploadId, PartNumber: 1, CopySource, CopySourceRange }),
      );
      const part = bytes.subarray(start, end);
      expect(CopyPartResult?.ETag).toBe(`"${createHash('md5').update(part).digest('hex')}"`);
      const put = new PutObjectCommand({ Bucket, Key: 'same', Body: part, ChecksumAlgorithm: 'CRC32C' });
      expect(CopyPartResult?.ChecksumCRC32C).toBe((await s3.client.send(put)).ChecksumCRC32C);
    }
  });

  test('keeps its bytes when the source is gone, after a restart too', async () => {
    const bucket = await s3.bucket();
    const body = Buffer.concat([Buffer.alloc(6 * MIB, 'a'), Buffer.alloc(6 * MIB, 'b')]);
    await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'from', Body: body }));
    const CopySource = `${bucket}/from`;
    const halves = [
      { CopySource, CopySourceRange: `bytes=${6 * MIB}-${12 * MIB - 1}` },
      { CopySource, CopySourceRange: `bytes=${6 * MIB - 3}-${6 * MIB + 2}` },
    ];
    await putCopies(s3.client, { Bucket: bucket, Key: 'halves' }, halves);
    // The range of a copy spans two of its parts, one of which is itself a range.
    const middle = { CopySource: `${bucket}/halves`, CopySourceRange: `bytes=${6 * MIB - 100_000}-${6 * MIB + 4}` };
    await putCopies(s3.client, { Bucket: bucket, Key: 'middle' }, [middle]);
    // One part made of two: CopyObject makes an object of one part of it.
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'one', CopySource: `${bucket}/halves` });
    const { CopyObjectResult } = await s3.client.send(copy);
    const whole = Buffer.concat([body.subarray(6 * MIB), body.subarray(6 * MIB - 3, 6 * MIB + 3)]);
    expect(CopyObjectResult?.ETag).toBe(`"${createHash('md5').update(whole).digest('hex')}"`);
    for (const Key of ['from', 'halves']) await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    await s3.stop();
    s3 = await startS3({ folder });
    const get = async (Key: string) => {
      const got = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    };
    expect((await get('one')).equals(whole)).toBe(true);
    expect((await get('middle')).equals(whole.subarray(6 * MIB - 100_000, 6 * MIB + 5))).toBe(true);
    for (const Key of ['one', 'middle']) await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  });
});

test('the disk is given back when nothing names its bytes any more', async () => {
  const all = ['large', 'large.part', 'large.piece', 'copy', 'bytes', 'same'];
  for (const Key of all) await s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
  // Uploads that were begun above and never ended keep what they copied.
  expect(await diskUse()).toBeLessThan(MIB);
});
