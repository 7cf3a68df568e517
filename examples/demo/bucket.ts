import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  CreateBucketCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { mapConcurrently } from './concurrency.ts';
import type { SampleFile } from './sample-files.ts';

const REQUESTS_AT_A_TIME = 32;

/** An object as it was uploaded: what a function that reads it should find. */
export interface UploadedFile extends SampleFile {
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
}

/** The demo's buckets, by the AWS SDK as anybody would. */
export class Bucket {
  constructor(
    private readonly s3: S3Client,
    readonly name: string,
  ) {}

  async create(): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: this.name }));
  }

  async put(key: string, body: string | Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }));
  }

  /** Uploads files, and remembers what was in them. */
  upload(files: readonly SampleFile[]): Promise<UploadedFile[]> {
    return mapConcurrently(files, REQUESTS_AT_A_TIME, async (file) => {
      const content = await readFile(file.path);
      await this.put(file.key, content);
      return { ...file, sha256: createHash('sha256').update(content).digest('hex') };
    });
  }

  /** All keys, as S3 lists them. */
  async keys(): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket: this.name })) {
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    }
    return keys;
  }

  /** The tags that each of these objects has now, as `name=value` in the order of their names. */
  tags(keys: readonly string[]): Promise<string[]> {
    return mapConcurrently(keys, REQUESTS_AT_A_TIME, async (key) => {
      const { TagSet } = await this.s3.send(new GetObjectTaggingCommand({ Bucket: this.name, Key: key }));
      return (TagSet ?? [])
        .map((tag) => `${tag.Key}=${tag.Value}`)
        .sort()
        .join();
    });
  }
}
