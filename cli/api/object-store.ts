import { types } from 'node:util';
import type { GetObjectCommandOutput, HeadObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { Manifest } from '../../core/job/request.ts';
import { lookupHost } from '../../core/signed-http/loopback-names.ts';
import type { ManifestFiles } from '../../core/stores/manifest-source.ts';
import { isConnectionError, NotReachableError } from '../errors.ts';
import { credentialChain } from './credentials.ts';
import type { Target } from './target.ts';

/** S3's names for what is not there. */
const NOTHING_THERE = new Set(['NotFound', 'NoSuchKey', 'NoSuchBucket']);

/** The S3 that manifests and reports are in, as far as the command line needs it. */
export class ObjectStore {
  private client: S3Client | undefined;

  constructor(private readonly target: Target) {}

  /** Undefined if there is no such object. */
  async head(bucket: string, key: string, versionId?: string): Promise<HeadObjectCommandOutput | undefined> {
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const input = { Bucket: bucket, Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
    return await this.ask((client) => client.send(new HeadObjectCommand(input)));
  }

  /** Undefined if there is no such object. */
  async get(bucket: string, key: string): Promise<GetObjectCommandOutput | undefined> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    return await this.ask((client) => client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  }

  /** The first bytes of an object that is not empty, all of them if it has fewer; undefined if there is no such object. */
  async beginning(bucket: string, key: string, bytes: number, versionId?: string): Promise<Buffer | undefined> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const object = { Bucket: bucket, Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
    const found = await this.ask((client) =>
      client.send(new GetObjectCommand({ ...object, Range: `bytes=0-${bytes - 1}` })),
    );
    return found?.Body === undefined ? undefined : Buffer.from(await found.Body.transformToByteArray());
  }

  /** Has a manifest's files read as its job would read them; undefined if S3 says that there is nothing. */
  async reading<T>(location: Manifest['Location'], read: (files: ManifestFiles) => Promise<T>): Promise<T | undefined> {
    const { createS3ManifestFiles } = await import('../../core/stores/s3-manifest-source.ts');
    return await this.ask((client) => read(createS3ManifestFiles(client, location)));
  }

  close(): void {
    this.client?.destroy();
  }

  private async open(): Promise<S3Client> {
    if (this.client === undefined) {
      const { S3Client } = await import('@aws-sdk/client-s3');
      this.client = new S3Client(this.settings());
    }
    return this.client;
  }

  /** Undefined for AWS itself. */
  private get endpoint(): string | undefined {
    return this.target.s3Endpoint ?? (this.target.local ? this.target.endpoint : undefined);
  }

  /** The local cloud's own S3 is found at an address, before which no name can stand. */
  private get pathStyle(): boolean {
    return this.target.s3Endpoint === undefined || this.target.s3AddressingStyle !== 'virtual';
  }

  private settings(): S3ClientConfig {
    const { target, endpoint } = this;
    const requestHandler = { httpAgent: { lookup: lookupHost }, httpsAgent: { lookup: lookupHost } };
    return {
      region: target.region,
      credentials: target.s3Endpoint === undefined ? target.credentials : credentialChain(),
      ...(endpoint !== undefined && { endpoint, forcePathStyle: this.pathStyle, requestHandler }),
    };
  }

  /** Undefined where S3 says that there is nothing; NotReachableError where nobody says anything. */
  private async ask<T>(request: (client: S3Client) => Promise<T>): Promise<T | undefined> {
    try {
      return await request(await this.open());
    } catch (error) {
      if (types.isNativeError(error) && NOTHING_THERE.has(error.name)) return undefined;
      if (isConnectionError(error))
        throw new NotReachableError(this.endpoint ?? 'S3', this.endpoint === this.target.endpoint, error);
      throw error;
    }
  }
}
