import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type ReportDestination, ReportNotWritable, type ReportObject } from './report-destination.ts';
import { isFinal } from './s3-error.ts';

export interface S3ReportDestinationOptions {
  /** Acts with the job's role. */
  readonly client: S3Client;
  readonly bucket: string;
  readonly expectedBucketOwner?: string;
  /** Headers that say how to encrypt; SSE-S3 where left out. */
  readonly encryption?: Encryption;
}

export type Encryption = Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;

/** Reports are always encrypted with SSE-S3 (User Guide, batch-ops-examples-reports). */
const REPORT_ENCRYPTION: Encryption = { ServerSideEncryption: 'AES256' };

/** The report bucket in S3. Large files go up in parts of 8 MiB, one after the other: memory stays flat. */
export function createS3ReportDestination(options: S3ReportDestinationOptions): ReportDestination {
  const common = {
    Bucket: options.bucket,
    ...(options.encryption ?? REPORT_ENCRYPTION),
    ...(options.expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: options.expectedBucketOwner }),
  };
  return {
    bucket: options.bucket,
    create: (key, contentType = 'text/csv') =>
      new UploadedObject(options.client, { ...common, Key: key, ContentType: contentType }),
    async put(key, body, contentType) {
      try {
        // Of an empty string the SDK sends no length, and warns on the console.
        const object = { ...common, Key: key, Body: Buffer.from(body), ContentType: contentType };
        const { ETag = '' } = await options.client.send(new PutObjectCommand(object));
        return ETag;
      } catch (error) {
        throw writeFault(error, options.bucket);
      }
    },
  };
}

class UploadedObject implements ReportObject {
  private readonly body = new PassThrough({ highWaterMark: 1024 * 1024 });
  private readonly upload: Upload;
  private readonly uploaded: Promise<void>;
  private failure: unknown;

  constructor(client: S3Client, params: { Bucket: string; Key: string; ContentType: string }) {
    this.upload = new Upload({
      client,
      params: { ...params, Body: this.body },
      queueSize: 1,
      partSize: 8 * 1024 * 1024,
    });
    this.uploaded = this.upload.done().then(
      () => undefined,
      (error: unknown) => {
        this.failure = writeFault(error, params.Bucket);
        this.body.destroy();
      },
    );
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.body.write(bytes)) return;
    await Promise.race([once(this.body, 'drain'), this.uploaded]);
  }

  async close(): Promise<void> {
    this.body.end();
    await this.uploaded;
    if (this.failure !== undefined) throw this.failure;
  }

  async abort(): Promise<void> {
    await this.upload.abort().catch(() => undefined);
    await this.uploaded;
  }
}

/** What S3 refuses for good; the rest is left to be tried again. */
function writeFault(error: unknown, bucket: string): unknown {
  if (!isFinal(error)) return error;
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  return new ReportNotWritable(`S3 answered for bucket ${bucket}: ${text}`, { cause: error });
}
