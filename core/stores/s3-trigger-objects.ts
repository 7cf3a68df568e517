import {
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { JobTrouble } from '../job/job-trouble.ts';
import { bareETag } from '../job/object-arn.ts';
import { isFinal, statusOf } from './s3-error.ts';
import type { Listing, ObjectHead, TriggerObjects } from './trigger-objects.ts';

/** A manifest.json that is larger is none that a trigger reads. */
const LARGEST_TEXT = 64 * 1024 * 1024;

/** The watched buckets over the AWS SDK. The client acts with the role of the trigger's job. */
export function createS3TriggerObjects(client: S3Client): TriggerObjects {
  return {
    async sendsEvents(bucket) {
      try {
        const answer = await client.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }));
        return answer.EventBridgeConfiguration !== undefined;
      } catch (error) {
        if (isFinal(error)) return undefined;
        throw error;
      }
    },
    async head(bucket, key, versionId) {
      const version = versionId === undefined ? {} : { VersionId: versionId };
      const input = { Bucket: bucket, Key: key, ...version };
      return await explained(`s3://${bucket}/${key}`, 's3:GetObject', async () => {
        const { ETag, ContentLength, LastModified, VersionId } = await client.send(new HeadObjectCommand(input));
        return headOf({ key, ETag, Size: ContentLength, LastModified }, VersionId);
      });
    },
    async read(bucket, key, etag) {
      const named = `s3://${bucket}/${key}`;
      return await explained(named, 's3:GetObject', async () => {
        const input = { Bucket: bucket, Key: key, IfMatch: `"${etag}"` };
        const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand(input));
        if (ContentLength > LARGEST_TEXT)
          throw new Error(`${named} has ${ContentLength} bytes: it is no manifest.json.`);
        return await Body?.transformToString();
      });
    },
    async list(bucket, prefix, options) {
      const named = `s3://${bucket}/${prefix}`;
      const listing = await explained(named, 's3:ListBucket', () => list(client, bucket, prefix, options));
      if (listing === undefined) throw new Error(`There is no bucket ${bucket}.`);
      return listing;
    },
  };
}

async function list(
  client: S3Client,
  bucket: string,
  prefix: string,
  { folders: byFolder, pages }: { readonly folders: boolean; readonly pages: number },
): Promise<Listing> {
  const objects: ObjectHead[] = [];
  const folders: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const answer = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ContinuationToken: token,
        ...(byFolder ? { Delimiter: '/' } : {}),
      }),
    );
    objects.push(...(answer.Contents ?? []).map(({ Key = '', ...object }) => headOf({ key: Key, ...object })));
    folders.push(...(answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix));
    token = answer.NextContinuationToken;
    if (token === undefined) return { objects, folders, truncated: false };
  }
  return { objects, folders, truncated: true };
}

interface Described {
  readonly key: string;
  readonly ETag?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
}

function headOf({ key, ETag, Size, LastModified }: Described, versionId?: string): ObjectHead {
  return {
    key,
    etag: bareETag(ETag ?? ''),
    size: Size ?? 0,
    lastModified: LastModified?.getTime() ?? 0,
    ...(versionId === undefined || versionId === 'null' ? {} : { versionId }),
  };
}

/** What S3 answers, undefined for what is not there or not the same any more; a refusal says what would help. */
async function explained<Answer>(
  named: string,
  action: string,
  work: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await work();
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 412) return undefined;
    if (status !== 403 || error instanceof JobTrouble) throw error;
    throw new Error(`Looking at ${named} is forbidden: the role of the trigger's job needs ${action} there.`, {
      cause: error,
    });
  }
}
