import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ChecksumAlgorithm, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AwsChunkedDecoder } from '../../../local/s3/protocol/aws-chunked.ts';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
});
afterAll(() => s3.stop());

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const md5 = (text: string) => createHash('md5').update(text).digest('base64');
const large = 'x'.repeat(200_000);

describe('a body', () => {
  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'with a %s checksum is checked, and the checksum given back',
    async (algorithm) => {
      for (const Body of ['hello', large, Readable.from([Buffer.from(large)])]) {
        const sized = Body instanceof Readable ? { ContentLength: large.length } : {};
        const asked = { Bucket, Key: algorithm, Body, ChecksumAlgorithm: ChecksumAlgorithm[algorithm], ...sized };
        const put = await s3.client.send(new PutObjectCommand(asked));
        const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED' }));
        // The SDK checks the bytes against it as it reads them.
        await got.Body?.transformToByteArray();
        expect(put[`Checksum${algorithm}`]).toBeDefined();
        expect(got[`Checksum${algorithm}`]).toBe(put[`Checksum${algorithm}`]);
        expect(got.ContentEncoding).toBeUndefined();
      }
    },
  );

  test('gives its checksum only to those who ask', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'quiet', Body: 'x' }));
    const reply = await s3.send({ path: `/${Bucket}/quiet` });
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('x-amz-checksum'))).toEqual([]);
  });

  const cases: [string, Record<string, string>, string][] = [
    ['the right digests', { 'x-amz-content-sha256': sha256(large), 'content-md5': md5(large) }, 'undefined 200'],
    ['another SHA-256', { 'x-amz-content-sha256': sha256('y') }, 'XAmzContentSHA256Mismatch 400'],
    ['a SHA-256 that is none', { 'x-amz-content-sha256': 'abc' }, 'InvalidArgument 400'],
    ['no SHA-256 though signed', { authorization: 'AWS4-HMAC-SHA256 Credential=x' }, 'InvalidRequest 400'],
    ['another MD5', { 'content-md5': md5('y') }, 'BadDigest 400'],
    ['an MD5 that is none', { 'content-md5': 'abc' }, 'InvalidDigest 400'],
    ['another CRC', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest 400'],
    ['a CRC that is none', { 'x-amz-checksum-crc32': 'AAAA' }, 'InvalidRequest 400'],
    [
      'two checksums',
      { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' },
      'InvalidRequest 400',
    ],
    ['an algorithm without its checksum', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 'InvalidRequest 400'],
    ['an algorithm that is not implemented', { 'x-amz-checksum-xxhash3': 'AAAA' }, 'NotImplemented 501'],
    ['more bytes announced than fit', { 'content-length': String(5 * 1024 ** 3 + 1) }, 'EntityTooLarge 400'],
  ];
  test.each(cases)('with %s', async (_, headers, expected) => {
    for (const body of [large, headers['x-amz-content-sha256'] === sha256(large) ? undefined : 'small']) {
      if (body === undefined) continue;
      const length = { 'content-length': String(body.length) };
      const reply = await s3
        .send({ method: 'PUT', path: `/${Bucket}/digest`, headers: { ...length, ...headers }, body })
        // The server may answer and hang up before all that was announced has been sent.
        .catch(() => undefined);
      if (reply !== undefined) expect(codeOf(reply)).toBe(expected);
    }
  });

  test('that is refused leaves what was there', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'before' }));
    const headers = { 'content-md5': md5('other') };
    await s3.send({ method: 'PUT', path: `/${Bucket}/kept`, headers, body: large });
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
    expect(await got.Body?.transformToString()).toBe('before');
  });

  test('without a length is refused', async () => {
    const headers = { 'transfer-encoding': 'chunked' };
    const reply = await s3.send({ method: 'PUT', path: `/${Bucket}/k`, headers, body: 'x' });
    expect(codeOf(reply)).toBe('MissingContentLength 411');
  });

  test('metadata may have 2 KB', async () => {
    const put = (size: number) =>
      failure(
        s3.client.send(new PutObjectCommand({ Bucket, Key: 'meta', Body: 'x', Metadata: { ab: 'x'.repeat(size) } })),
      );
    expect(await put(2046)).toBe('no failure');
    expect(await put(2047)).toBe('MetadataTooLarge 400');
  });
});

describe('aws-chunked', () => {
  const put = (body: string, headers: Record<string, string>, length = 5) =>
    s3.send({
      method: 'PUT',
      path: `/${Bucket}/chunked`,
      headers: {
        'content-encoding': 'aws-chunked,gzip',
        'x-amz-decoded-content-length': String(length),
        'content-length': String(body.length),
        ...headers,
      },
      body,
    });
  const signed = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' };
  const trailing = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };
  const signedTrailing = { ...trailing, 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER' };

  test.each([
    ['signed chunks', '3;chunk-signature=a\r\nhel\r\n2;chunk-signature=b\r\nlo\r\n0;chunk-signature=c\r\n\r\n', signed],
    ['an unsigned trailer', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n', trailing],
    [
      'a signed trailer',
      '5;chunk-signature=a\r\nhello\r\n0;chunk-signature=b\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:c\r\n\r\n',
      signedTrailing,
    ],
  ])('with %s is taken apart', async (_, body, headers) => {
    expect((await put(body, headers)).status).toBe(200);
    const got = await s3.send({ path: `/${Bucket}/chunked` });
    expect(got.body).toBe('hello');
    expect(got.headers['content-encoding']).toBe('gzip');
  });

  test.each([
    ['a wrong checksum', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 5, 'BadDigest 400'],
    ['no trailer', '5\r\nhello\r\n0\r\n\r\n', 5, 'MalformedTrailerError 400'],
    ['too few bytes', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n', 6, 'IncompleteBody 400'],
    ['no last chunk', '5\r\nhello\r\n', 5, 'IncompleteBody 400'],
    ['a size that is none', 'five\r\nhello\r\n0\r\n\r\n', 5, 'IncompleteBody 400'],
  ])('with %s is refused', async (_, body, length, expected) => {
    expect(codeOf(await put(body, trailing, length))).toBe(expected);
  });

  test('comes apart the same however it is cut into pieces', () => {
    const framed = Buffer.from('3;chunk-signature=a\r\nh\r\n\r\n2\r\nlo\r\n0\r\na: 1\r\nb:2\r\n\r\n');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: framed.length }), { maxLength: 8 }), (cuts) => {
        const decoder = new AwsChunkedDecoder();
        const bounds = [0, ...cuts.sort((a, b) => a - b), framed.length];
        const pieces = bounds.slice(1).map((end, n) => framed.subarray(bounds[n], end));
        const body = Buffer.concat(pieces.flatMap((piece) => decoder.push(piece)));
        decoder.end();
        expect(body.toString()).toBe('h\r\nlo');
        expect([...decoder.trailers]).toEqual([
          ['a', '1'],
          ['b', '2'],
        ]);
      }),
    );
  });
});
