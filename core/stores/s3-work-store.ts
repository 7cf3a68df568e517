import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isMissing, statusOf } from './s3-error.ts';
import type { WorkMetadata, WorkStore } from './work-store.ts';

/** How often a write that met another one in flight (409) is tried again. */
const CONFLICT_TRIES = 10;

/** The work bucket in S3. */
export function createS3WorkStore({
  client,
  bucket,
}: {
  readonly client: S3Client;
  readonly bucket: string;
}): WorkStore {
  return new S3WorkStore(client, bucket);
}

class S3WorkStore implements WorkStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async get(key: string): Promise<{ body: Buffer; metadata: WorkMetadata } | undefined> {
    try {
      const answer = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), metadata: answer.Metadata ?? {} };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async head(key: string): Promise<{ size: number; metadata: WorkMetadata } | undefined> {
    try {
      const answer = await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
      return { size: answer.ContentLength ?? 0, metadata: answer.Metadata ?? {} };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async put(key: string, body: Buffer | string, metadata?: WorkMetadata): Promise<void> {
    await this.client.send(new PutObjectCommand(this.putting(key, body, metadata)));
  }

  async putIfAbsent(key: string, body: Buffer | string, metadata?: WorkMetadata): Promise<'written' | 'exists'> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.client.send(new PutObjectCommand({ ...this.putting(key, body, metadata), IfNoneMatch: '*' }));
        return 'written';
      } catch (error) {
        if (statusOf(error) === 412) return 'exists';
        // Two writers at once: whoever is told so tries again (S3 User Guide, conditional-writes).
        if (statusOf(error) !== 409 || attempt === CONFLICT_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * attempt));
      }
    }
  }

  async deletePrefix(prefix: string): Promise<void> {
    for (;;) {
      const page = await this.client.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix }));
      const objects = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
      if (objects.length === 0) return;
      const answer = await this.client.send(
        new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects: objects, Quiet: true } }),
      );
      const [refused] = answer.Errors ?? [];
      if (refused !== undefined)
        throw new Error(`S3 did not delete ${refused.Key}: ${refused.Code} ${refused.Message}`);
    }
  }

  private putting(key: string, body: Buffer | string, metadata: WorkMetadata | undefined) {
    return {
      Bucket: this.bucket,
      Key: key,
      Body: body,
      ...(metadata === undefined ? {} : { Metadata: { ...metadata } }),
    };
  }
}
