import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { contend, inParallel } from './contender.ts';
import {
  BATCH,
  BUCKET,
  CREDENTIALS,
  keyOf,
  REGION,
  TAGS,
  TARGET_BUCKET,
  TARGET_PREFIX,
  type TaskKind,
} from './scenario.ts';

/** AWS SDK for JavaScript v3, with as many sockets as requests in flight; nothing else is set. */
const clients = new Map<string, S3Client>();

function clientOf(endpoint: string, maxSockets: number): S3Client {
  const name = `${endpoint} ${maxSockets}`;
  const client = clients.get(name) ?? createClient(endpoint, maxSockets);
  clients.set(name, client);
  return client;
}

function createClient(endpoint: string, maxSockets: number): S3Client {
  return new S3Client({
    endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
    requestHandler: new NodeHttpHandler({
      httpAgent: new Agent({ keepAlive: true, maxSockets }),
      httpsAgent: new TlsAgent({ keepAlive: true, maxSockets }),
    }),
  });
}

function send(client: S3Client, kind: TaskKind, n: number): Promise<unknown> {
  const Bucket = BUCKET;
  const Key = keyOf(n);
  switch (kind) {
    case 'tag':
      return client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [...TAGS] } }));
    case 'copy': {
      const CopySource = `${Bucket}/${Key}`;
      return client.send(new CopyObjectCommand({ Bucket: TARGET_BUCKET, Key: `${TARGET_PREFIX}/${Key}`, CopySource }));
    }
    case 'delete':
      return client.send(new DeleteObjectCommand({ Bucket, Key }));
    case 'delete-batched': {
      const Objects = Array.from({ length: BATCH }, (_, i) => ({ Key: keyOf(n * BATCH + i) }));
      return client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    }
  }
}

await contend(async ({ kind, concurrency }, origin, until) => {
  const client = clientOf(origin, concurrency);
  const requests = await inParallel(concurrency, until, (n) => send(client, kind, n));
  return { requests, tasks: kind === 'delete-batched' ? requests * BATCH : requests };
});
