import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createS3DataClient, type S3Connection } from '../../../core/s3/create-s3-data-client.ts';
import { Connections } from '../../../core/signed-http/connections.ts';
import { startS3, type TestS3 } from '../../local/s3/s3-harness.ts';

const never = new AbortController().signal;

describe('in virtual-host style', () => {
  const connections = new Connections();
  let s3: TestS3;
  let thin: S3Connection;

  beforeAll(async () => {
    s3 = await startS3();
    thin = createS3DataClient({
      credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      region: 'us-east-1',
      endpoint: `http://s3.localhost:${s3.port}`,
      addressingStyle: 'virtual',
      connections,
      patience: { attempts: 1 },
    });
  });

  afterAll(async () => {
    await connections.close();
    await s3.stop();
  });

  test.each([
    ['whose name stands in the host', 'photos', 'a/../b//c d.txt'],
    ['with dots', 'my.photos', 'a/../b//c d.txt'],
    ['whose key begins with a slash', 'pictures', '/pictures/a'],
  ])('an object is reached in a bucket %s', async (_, bucket, key) => {
    await s3.service.createBucket(bucket);
    await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: `${bucket} ${key}` }));
    const reply = await thin.send({ method: 'GET', bucket, key }, never);
    expect(reply).toMatchObject({ ok: true, body: `${bucket} ${key}` });
  });

  test('a bucket itself is asked', async () => {
    await s3.service.createBucket('albums', { versioned: true });
    const reply = await thin.send({ method: 'GET', bucket: 'albums', query: { versioning: '' } }, never);
    expect(reply).toMatchObject({ ok: true, body: expect.stringContaining('<Status>Enabled</Status>') });
  });
});
