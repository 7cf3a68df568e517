import { GetObjectTaggingCommand, PutObjectCommand, PutObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createS3DataClient, type S3Connection } from '../../../core/s3/create-s3-data-client.ts';
import { putObjectTaggingRequest } from '../../../core/s3/requests/object-tagging.ts';
import { Connections } from '../../../core/signed-http/connections.ts';
import { failure, startS3, type TestS3 } from '../../local/s3/s3-harness.ts';

const TAGS = [
  { Key: 'project', Value: 'drover' },
  { Key: 'größe: é/ü', Value: 'a + b = @_-.' },
];
const never = new AbortController().signal;

describe('the thin client does what the AWS SDK does', () => {
  const connections = new Connections();
  let s3: TestS3;
  let sdk: S3Client;
  let thin: S3Connection;
  let Bucket: string;

  beforeAll(async () => {
    s3 = await startS3();
    sdk = s3.client;
    Bucket = await s3.bucket({ versioned: true });
    thin = createS3DataClient({
      credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${s3.port}`,
      connections,
      patience: { attempts: 1 },
    });
  });

  afterAll(async () => {
    await connections.close();
    await s3.stop();
  });

  test.each([
    'plain.txt',
    'a b+c%20d.txt',
    'dir//double',
    '/leading',
    'a/../b',
    './a/.',
    '..',
    `quotes"'\`<>&`,
    'é ü 🦬 \u{10ffff}',
    'line\nbreak\r\nand\ttab',
    "!*'()~;:@&=$,?#[]|\\^{}",
  ])('to the object %j', async (Key) => {
    await sdk.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const reply = await thin.send(putObjectTaggingRequest({ bucket: Bucket, key: Key }, TAGS), never);
    expect(reply).toMatchObject({ ok: true, httpStatus: 200 });
    const { TagSet } = await sdk.send(new GetObjectTaggingCommand({ Bucket, Key }));
    expect(TagSet?.toSorted((a, b) => (String(a.Key) < String(b.Key) ? 1 : -1))).toEqual(
      TAGS.toSorted((a, b) => (a.Key < b.Key ? 1 : -1)),
    );
  });

  test('to a version that is not the current one, and to no other', async () => {
    const Key = 'versioned';
    const { VersionId: first } = await sdk.send(new PutObjectCommand({ Bucket, Key, Body: '1' }));
    await sdk.send(new PutObjectCommand({ Bucket, Key, Body: '2' }));
    const reply = await thin.send(
      putObjectTaggingRequest({ bucket: Bucket, key: Key, versionId: String(first) }, TAGS),
      never,
    );
    expect(reply).toMatchObject({ ok: true, headers: { 'x-amz-version-id': first } });
    const tagsOf = async (VersionId?: string) =>
      (await sdk.send(new GetObjectTaggingCommand({ Bucket, Key, ...(VersionId && { VersionId }) }))).TagSet;
    expect(await tagsOf(first)).toHaveLength(2);
    expect(await tagsOf()).toEqual([]);
  });

  test.each([
    ['an object that is not there', { bucket: '', key: 'nothing' }],
    ['a bucket that is not there', { bucket: 'no-such-bucket', key: 'a' }],
    ['a version that is not there', { bucket: '', key: 'plain.txt', versionId: 'no-such-version' }],
  ])('with %s', async (_, { bucket: named, key, ...version }) => {
    const bucket = named || Bucket;
    const VersionId = 'versionId' in version ? version.versionId : undefined;
    const command = new PutObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId, Tagging: { TagSet: TAGS } });
    const reply = await thin.send(putObjectTaggingRequest({ bucket, key, ...version }, TAGS), never);
    expect(reply.ok ? 'no failure' : `${reply.code} ${reply.httpStatus}`).toBe(await failure(sdk.send(command)));
    expect(reply).toMatchObject({ ok: false, requestId: expect.stringMatching(/./) });
  });
});
