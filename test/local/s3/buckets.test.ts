import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

describe('a bucket', () => {
  test('is made, listed, found and deleted', async () => {
    const Bucket = 'life-cycle';
    expect((await s3.client.send(new CreateBucketCommand({ Bucket }))).Location).toBe('/life-cycle');
    expect((await s3.client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('us-east-1');
    const listed = await s3.client.send(new ListBucketsCommand({ Prefix: 'life' }));
    expect(listed.Buckets).toMatchObject([{ Name: Bucket, BucketRegion: 'us-east-1' }]);
    expect(listed.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    await s3.client.send(new DeleteBucketCommand({ Bucket }));
    expect(await failure(s3.client.send(new HeadBucketCommand({ Bucket })))).toBe('NotFound 404');
    expect(await failure(s3.client.send(new DeleteBucketCommand({ Bucket })))).toBe('NoSuchBucket 404');
  });

  test('is listed in pages', async () => {
    const names = ['page-1', 'page-2', 'page-3'];
    for (const Bucket of names) await s3.client.send(new CreateBucketCommand({ Bucket }));
    const first = await s3.client.send(new ListBucketsCommand({ Prefix: 'page-', MaxBuckets: 2 }));
    const ContinuationToken = first.ContinuationToken ?? '';
    const second = await s3.client.send(new ListBucketsCommand({ Prefix: 'page-', ContinuationToken }));
    expect([...(first.Buckets ?? []), ...(second.Buckets ?? [])].map(({ Name }) => Name)).toEqual(names);
    expect(second.ContinuationToken).toBeUndefined();
  });

  test.each(['ab', 'Upper', 'under_score', '-dash', 'dash-', 'two..dots', '192.168.0.1', 'a'.repeat(64)])(
    'cannot be called %s',
    async (name) => {
      expect(codeOf(await s3.send({ method: 'PUT', path: `/${name}` }))).toBe('InvalidBucketName 400');
    },
  );

  test('is not deleted while it has a version or a delete marker', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    const { VersionId } = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    const marker = await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(await failure(s3.client.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty 409');
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId }));
    expect(await failure(s3.client.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty 409');
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId }));
    expect(await failure(s3.client.send(new DeleteBucketCommand({ Bucket })))).toBe('no failure');
  });

  test('can be made again in us-east-1, and nowhere else', async () => {
    const Bucket = 'again';
    await s3.client.send(new CreateBucketCommand({ Bucket }));
    expect(await failure(s3.client.send(new CreateBucketCommand({ Bucket })))).toBe('no failure');
    const other = await startS3({ region: 'eu-central-1' });
    const asked = { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } } as const;
    await other.client.send(new CreateBucketCommand(asked));
    expect(await failure(other.client.send(new CreateBucketCommand(asked)))).toBe('BucketAlreadyOwnedByYou 409');
    const location = await other.client.send(new GetBucketLocationCommand({ Bucket }));
    expect(location.LocationConstraint).toBe('eu-central-1');
    await other.stop();
  });

  test('is only made in this Region', async () => {
    const asked = { Bucket: 'far', CreateBucketConfiguration: { LocationConstraint: 'ap-south-1' } } as const;
    const expected = 'IllegalLocationConstraintException 400';
    expect(await failure(s3.client.send(new CreateBucketCommand(asked)))).toBe(expected);
  });

  test('keeps its versioning', async () => {
    const Bucket = await s3.bucket();
    const status = async () => (await s3.client.send(new GetBucketVersioningCommand({ Bucket }))).Status;
    expect(await status()).toBeUndefined();
    for (const Status of ['Enabled', 'Suspended'] as const) {
      await s3.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      expect(await status()).toBe(Status);
    }
    const body = '<VersioningConfiguration><Status>Off</Status></VersioningConfiguration>';
    expect(codeOf(await s3.send({ method: 'PUT', path: `/${Bucket}?versioning`, body }))).toBe('MalformedXML 400');
  });
});

describe('events', () => {
  test('go to the bus once EventBridge is on, and not before', async () => {
    const Bucket = await s3.bucket({ versioned: true });
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'silent', Body: 'x' }));
    expect(s3.events).toEqual([]);
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const got = await s3.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(got.EventBridgeConfiguration).toEqual({});
    const put = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'ä +b', Body: 'hello' }));
    expect(s3.events).toEqual([
      {
        source: 'aws.s3',
        'detail-type': 'Object Created',
        resources: [`arn:aws:s3:::${Bucket}`],
        detail: {
          version: '0',
          'event-version': '1.2',
          bucket: { name: Bucket },
          object: {
            key: 'ä +b',
            size: 5,
            etag: '5d41402abc4b2a76b9719d911017c592',
            'version-id': put.VersionId,
            sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
          },
          'request-id': expect.any(String),
          requester: '000000000000',
          'source-ip-address': '127.0.0.1',
          reason: 'PutObject',
        },
      },
    ]);
    s3.events.length = 0;
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'ä +b' }));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'ä +b', VersionId: put.VersionId }));
    expect(s3.events).toMatchObject([
      { 'detail-type': 'Object Deleted', detail: { reason: 'DeleteObject', 'deletion-type': 'Delete Marker Created' } },
      { 'detail-type': 'Object Deleted', detail: { 'deletion-type': 'Permanently Deleted' } },
    ]);
    s3.events.length = 0;
    const off = { Bucket, NotificationConfiguration: {} };
    await s3.client.send(new PutBucketNotificationConfigurationCommand(off));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'silent', Body: 'x' }));
    expect(s3.events).toEqual([]);
  });

  test('name each object that DeleteObjects deletes, and none that was not there', async () => {
    const Bucket = await s3.bucket({ eventBridge: true });
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'x' }));
    s3.events.length = 0;
    const Delete = { Objects: [{ Key: 'there' }, { Key: 'not-there' }] };
    await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(s3.events).toMatchObject([{ detail: { object: { key: 'there' } } }]);
  });

  test('go to EventBridge or nowhere', async () => {
    const Bucket = await s3.bucket();
    const NotificationConfiguration = {
      QueueConfigurations: [{ QueueArn: 'arn:aws:sqs:us-east-1:0:q', Events: ['s3:ObjectCreated:*' as const] }],
    };
    const asked = new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration });
    expect(await failure(s3.client.send(asked))).toBe('NotImplemented 501');
  });
});
