import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import {
  type BucketSettings,
  createS3Service,
  type S3Service,
  type S3ServiceOptions,
} from '../../../local/s3/s3-service.ts';
import type { BusEvent } from '../../../local/service.ts';

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  /** Goes onto the wire as it is. */
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

export interface TestS3 {
  readonly service: S3Service;
  readonly client: S3Client;
  readonly port: number;
  readonly folder: string;
  /** The events of buckets with EventBridge on, in order. */
  readonly events: BusEvent[];
  /** A request that no SDK would send. */
  send(request: RawRequest): Promise<RawReply>;
  /** Makes a bucket of its own for a test. */
  bucket(settings?: BucketSettings): Promise<string>;
  stop(): Promise<void>;
}

/** An S3 of its own in a temporary folder (or a given one, which is kept), behind a bare HTTP server. */
export async function startS3({
  region = 'us-east-1',
  folder,
  ...settings
}: {
  region?: string;
  folder?: string;
} & Pick<S3ServiceOptions, 'clock' | 'restoreTimes' | 'inventoryFields'> = {}): Promise<TestS3> {
  const dataFolder = folder ?? (await mkdtemp(join(tmpdir(), 'drover-s3-')));
  const events: BusEvent[] = [];
  const service = await createS3Service({
    dataFolder,
    identity: { account: '000000000000', region },
    ...settings,
    events: {
      put: async (event) => {
        events.push(event);
      },
    },
  });
  const server = createServer((request, response) => void service.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = makeClient(port, { region });
  let buckets = 0;
  return {
    service,
    client,
    port,
    folder: dataFolder,
    events,
    send: (request) => send(port, request),
    async bucket(settings) {
      const name = `bucket-${++buckets}`;
      await service.createBucket(name, settings);
      return name;
    },
    async stop() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.stop();
      if (folder === undefined) await rm(dataFolder, { recursive: true });
    },
  };
}

export function makeClient(port: number, settings: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    ...settings,
  });
}

/** What a failed command failed with, as `name status`. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${name} ${$metadata?.httpStatusCode}`;
  }
  return 'no failure';
}

/** What a failed command failed with, as `name status: message`. */
export async function explain(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return `${await failure(Promise.reject(error))}: ${(error as Error).message}`;
  }
  return 'no failure';
}

/** The code of an error document. */
export function codeOf(reply: RawReply): string {
  return `${/<Code>(.*)<\/Code>/.exec(reply.body)?.[1]} ${reply.status}`;
}

function send(port: number, { method = 'GET', path, headers = {}, body }: RawRequest): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}
