import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import {
  AWKWARD_KEYS,
  DONE,
  EMPTY_VERSION,
  missing,
  missingVersions,
  NO_KEY,
  NO_VERSION,
  refused,
  succeeded,
  UNCHANGED,
} from './lines.ts';
import type { Expected, JobPlan, World } from './world.ts';

const ARCHIVED = refused(403, 'InvalidObjectState', "Operation is not valid for the source object's storage class");
const COPIED_MARKER = refused(
  400,
  'InvalidRequest',
  'The source of a copy request may not specifically refer to a delete marker by version id.',
);
const IDLE = refused(400, 'InvalidRequest', 'This copy request is illegal because it is trying to copy an object to');
const PRECONDITION = refused(
  412,
  'PreconditionFailed',
  'At least one of the pre-conditions you specified did not hold',
);
const FOREIGN_KEY = 'arn:aws:kms:us-east-1:999999999999:key/11111111-2222-3333-4444-555555555555';
const OWN_KEY = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
const MEBIBYTE = 1_024 * 1_024;

const arn = (bucket: string) => `arn:aws:s3:::${bucket}`;

function plainly(http: number, code: string, message: RegExp | string): Expected {
  return { http, code, message };
}

/** Undefined where there is none. */
async function head({ s3 }: World, Bucket: string, Key: string): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket, Key }));
  } catch (error) {
    if ((error as Error).name === 'NotFound') return undefined;
    throw error;
  }
}

/** An object of so many GiB, made of copies of a small one. */
async function putLarge(world: World, Bucket: string, Key: string, gibibytes: number): Promise<void> {
  await world.put(Bucket, 'piece', { Body: Buffer.alloc(64 * MEBIBYTE) });
  await joined(world, Bucket, 'gibibyte', 'piece', 16);
  await joined(world, Bucket, Key, 'gibibyte', gibibytes);
}

async function joined({ s3 }: World, Bucket: string, Key: string, piece: string, count: number): Promise<void> {
  const upload = { Bucket, Key, Metadata: { color: 'red' }, Tagging: 'size=large' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  const parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (let PartNumber = 1; PartNumber <= count; PartNumber += 1) {
    const part = { Bucket, Key, UploadId, PartNumber, CopySource: `${Bucket}/${piece}` };
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand(part));
    parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
  }
  const MultipartUpload = { Parts: parts };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
}

export const COPY_CASES: Readonly<Record<string, (world: World) => Promise<JobPlan>>> = {
  'S3PutObjectCopy: to another bucket, with what is asked for': async (world) => {
    const from = await world.bucket({ versions: true });
    const to = await world.bucket();
    for (const key of AWKWARD_KEYS) await world.put(from, key, { Metadata: { color: 'red' }, Tagging: 'old=1' });
    await world.put(from, 'cold', { StorageClass: 'GLACIER' });
    const long = 'k'.repeat(1_020);
    return {
      operation: {
        S3PutObjectCopy: {
          TargetResource: arn(to),
          TargetKeyPrefix: 'copies/of',
          StorageClass: 'STANDARD_IA',
          SSEAwsKmsKeyId: OWN_KEY,
          NewObjectTagging: [{ Key: 'new', Value: '2' }],
        },
      },
      lines: [
        ...AWKWARD_KEYS.map((key) => ({ bucket: from, key, says: DONE })),
        { bucket: from, key: 'cold', says: ARCHIVED },
        { bucket: from, key: long, says: plainly(400, 'KeyTooLongError', 'The key of the target would be too long') },
        ...(await missing(world, from, NO_KEY)),
      ],
      after: async () => {
        for (const key of AWKWARD_KEYS) {
          const copy = { Bucket: to, Key: `copies/of/${key}` };
          expect(await head(world, copy.Bucket, copy.Key)).toMatchObject({
            ContentLength: Buffer.byteLength(`body of ${key}`),
            Metadata: { color: 'red' },
            StorageClass: 'STANDARD_IA',
            SSEKMSKeyId: OWN_KEY,
          });
          const { TagSet } = await world.s3.send(new GetObjectTaggingCommand(copy));
          expect(TagSet).toEqual([{ Key: 'new', Value: '2' }]);
        }
      },
    };
  },

  'S3PutObjectCopy: given versions, to keys of a template': async (world) => {
    const from = await world.bucket({ versions: true });
    const to = await world.bucket();
    const old = await world.put(from, 'inbox/two', { Body: 'the old one' });
    await world.put(from, 'inbox/two', { Body: 'new' });
    const elsewhere = await world.put(from, 'outbox/two');
    const stray = 'The key does not begin with "inbox/", which TargetKey strips.';
    const notThere = await missingVersions(world, from, COPIED_MARKER);
    return {
      operation: [
        ...['--operation', 'put-object-copy', '--to', `s3://${to}`],
        ...['--set', `TargetKey=\${bucket}/\${key:strip(inbox/)}.bak`],
      ],
      lines: [
        { bucket: from, key: 'inbox/two', version: old, says: DONE },
        { bucket: from, key: 'outbox/two', version: elsewhere, says: plainly(400, 'InvalidRequest', stray) },
        // The template does not suit these keys either, but for a line without a version, which comes first.
        ...notThere.map((line) => ({
          ...line,
          says: line.version === '' ? line.says : plainly(400, 'InvalidRequest', stray),
        })),
      ],
      after: async () => {
        expect(await head(world, to, `${from}/two.bak`)).toMatchObject({ ContentLength: 'the old one'.length });
      },
    };
  },

  'S3PutObjectCopy: versions that are not there': async (world) => {
    const from = await world.bucket({ versions: true });
    return {
      operation: { S3PutObjectCopy: { TargetResource: arn(await world.bucket()) } },
      lines: await missingVersions(world, from, COPIED_MARKER),
    };
  },

  'S3PutObjectCopy: onto itself, SkipUnchanged': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const kept = await world.put(bucket, 'is so', { StorageClass: 'STANDARD_IA' });
    await world.put(bucket, 'is not');
    return {
      operation: [
        ...['--operation', 'put-object-copy', '--to', `s3://${bucket}`, '--storage-class', 'STANDARD_IA'],
        '--skip-unchanged',
      ],
      lines: [
        { bucket, key: 'is so', says: UNCHANGED },
        { bucket, key: 'is not', says: DONE },
      ],
      after: async () => {
        expect(await head(world, bucket, 'is not')).toMatchObject({ StorageClass: 'STANDARD_IA' });
        const { Versions = [] } = await world.s3.send(
          new ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'is so' }),
        );
        expect(Versions.map(({ VersionId }) => VersionId)).toEqual([kept]);
      },
    };
  },

  'S3PutObjectCopy: onto itself, with nothing to change': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a');
    return {
      operation: { S3PutObjectCopy: { TargetResource: arn(bucket) } },
      lines: [{ bucket, key: 'a', says: IDLE }],
    };
  },

  'S3PutObjectCopy: a constraint that does not hold': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a');
    return {
      operation: {
        S3PutObjectCopy: {
          TargetResource: arn(await world.bucket()),
          UnModifiedSinceConstraint: '2001-01-01T00:00:00Z',
        },
      },
      lines: [{ bucket, key: 'a', says: PRECONDITION }],
    };
  },

  'S3PutObjectCopy: an ACL for a bucket that has none': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a');
    return {
      operation: {
        S3PutObjectCopy: { TargetResource: arn(await world.bucket()), CannedAccessControlList: 'public-read' },
      },
      lines: [
        { bucket, key: 'a', says: refused(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs') },
      ],
    };
  },

  "S3PutObjectCopy: another account's KMS key": async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a');
    return {
      operation: { S3PutObjectCopy: { TargetResource: arn(await world.bucket()), SSEAwsKmsKeyId: FOREIGN_KEY } },
      lines: [
        { bucket, key: 'a', says: plainly(403, 'AccessDenied', /not authorized to perform: kms:GenerateDataKey/) },
      ],
    };
  },

  'S3PutObjectCopy: into a bucket that is not there': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a');
    return {
      operation: { S3PutObjectCopy: { TargetResource: arn('no-such-bucket') } },
      lines: [{ bucket, key: 'a', says: refused(404, 'NoSuchBucket', 'The specified bucket does not exist') }],
    };
  },

  'S3PutObjectCopy: more than 5 GB': async (world) => {
    const from = await world.bucket();
    const to = await world.bucket();
    await putLarge(world, from, 'large', 6);
    return {
      operation: { S3PutObjectCopy: { TargetResource: arn(to), StorageClass: 'STANDARD_IA' } },
      lines: [{ bucket: from, key: 'large', says: DONE }],
      after: async () => {
        expect(await head(world, to, 'large')).toMatchObject({
          ContentLength: 6 * 1_024 * MEBIBYTE,
          Metadata: { color: 'red' },
          StorageClass: 'STANDARD_IA',
        });
        const { TagSet } = await world.s3.send(new GetObjectTaggingCommand({ Bucket: to, Key: 'large' }));
        expect(TagSet).toEqual([{ Key: 'size', Value: 'large' }]);
      },
    };
  },

  'S3PutObjectCopy: DryRun': async (world) => {
    const from = await world.bucket();
    const to = await world.bucket();
    await world.put(from, 'a');
    await world.put(from, 'cold', { StorageClass: 'DEEP_ARCHIVE' });
    return {
      operation: ['--operation', 'put-object-copy', '--to', `s3://${to}/x`, '--dry-run'],
      lines: [
        { bucket: from, key: 'a', says: succeeded(/^Would copy /) },
        { bucket: from, key: 'cold', says: plainly(403, 'InvalidObjectState', /storage class/) },
        { bucket: from, key: 'none', says: NO_KEY },
      ],
      after: async () => expect(await head(world, to, 'x/a')).toBeUndefined(),
    };
  },

  Move: async (world) => {
    const from = await world.bucket({ versions: true });
    const to = await world.bucket();
    for (const key of AWKWARD_KEYS) await world.put(from, key, { Metadata: { color: 'red' }, Tagging: 'a=1' });
    await world.put(from, 'cold', { StorageClass: 'GLACIER' });
    const unseen = await missing(world, from, NO_KEY);
    return {
      operation: ['--operation', 'move', '--to', `s3://${to}/moved`],
      lines: [
        ...AWKWARD_KEYS.map((key) => ({ bucket: from, key, says: DONE })),
        { bucket: from, key: 'cold', says: plainly(403, 'InvalidObjectState', /storage class/) },
        ...unseen.filter(({ bucket }) => bucket === from),
      ],
      after: async () => {
        for (const key of AWKWARD_KEYS) {
          expect(await head(world, to, `moved/${key}`)).toMatchObject({ Metadata: { color: 'red' } });
          const { Versions = [] } = await world.s3.send(new ListObjectVersionsCommand({ Bucket: from, Prefix: key }));
          expect(Versions.filter(({ Key }) => Key === key)).toEqual([]);
        }
        expect(await head(world, from, 'cold')).toBeDefined();
      },
    };
  },

  'Move: given versions': async (world) => {
    const from = await world.bucket({ versions: true });
    const to = await world.bucket();
    const old = await world.put(from, 'two', { Body: 'the old one' });
    const current = await world.put(from, 'two', { Body: 'new' });
    const unseen = await missingVersions(world, from);
    return {
      operation: ['--operation', 'move', '--to', `s3://${to}`],
      lines: [
        { bucket: from, key: 'two', version: old, says: DONE },
        // Move begins with a HEAD, to which S3 does not say what is wrong with the others.
        ...unseen.filter(({ says }) => says === NO_VERSION || says === EMPTY_VERSION),
      ],
      after: async () => {
        expect(await head(world, to, 'two')).toMatchObject({ ContentLength: 'the old one'.length });
        const { Versions = [] } = await world.s3.send(new ListObjectVersionsCommand({ Bucket: from, Prefix: 'two' }));
        expect(Versions.map(({ VersionId }) => VersionId)).toEqual([current]);
      },
    };
  },

  'Move: onto itself': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a');
    return {
      operation: ['--operation', 'move', '--to', `s3://${bucket}`],
      lines: [{ bucket, key: 'a', says: plainly(400, 'InvalidRequest', /neither copied nor deleted/) }],
      after: async () => expect(await head(world, bucket, 'a')).toBeDefined(),
    };
  },
};
