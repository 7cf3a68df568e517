import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { CloudIdentity, EventSink, LocalService, ObjectReader } from '../service.ts';
import { checkBucketName } from './operations/buckets.ts';
import { untilBodyStays } from './operations/find-object.ts';
import { DEFAULT_RESTORE_TIMES, type RestoreTimes } from './protocol/archive.ts';
import type { Call, S3Context } from './protocol/call.ts';
import { prepareCall } from './protocol/prepare-call.ts';
import { newRequestId, sendError } from './protocol/respond.ts';
import { findHandler } from './routes.ts';
import { S3Error } from './s3-error.ts';
import { BodyStore } from './storage/body-store.ts';
import { BucketStore } from './storage/bucket-store.ts';
import { DeletionWatch } from './storage/deletion-watch.ts';
import { openIndex } from './storage/index-database.ts';
import { createInventoryBook, type InventoryBook } from './storage/inventory-book.ts';
import { ObjectStore } from './storage/object-store.ts';
import type { BucketRecord } from './storage/records.ts';
import { UploadStore } from './storage/upload-store.ts';

const REQUEST_CHARGED = 'x-amz-request-charged';

export interface S3ServiceOptions {
  /** Where buckets are kept; made if it is not there. One process at a time. */
  readonly dataFolder: string;
  readonly identity: CloudIdentity;
  /** Where the events of buckets with EventBridge on go; undefined: nowhere. */
  readonly events: EventSink | undefined;
  /** The time by which locks hold and restores end, in milliseconds since 1970. Default: the machine's. */
  readonly clock?: () => number;
  /** How long restores of archived objects take. Default: five seconds for Bulk, three for Standard, one for Expedited. */
  readonly restoreTimes?: Partial<RestoreTimes>;
  /** Optional fields that inventory reports can have. Default: nobody writes reports, and configurations are refused. */
  readonly inventoryFields?: readonly string[];
}

export interface BucketSettings {
  readonly eventBridge?: boolean;
  readonly versioned?: boolean;
  /** Implies `versioned`. Once on, it stays on. */
  readonly objectLock?: boolean;
}

export interface S3Service extends LocalService, ObjectReader {
  /** Makes the bucket, or changes these settings of one that is there. Throws S3Error (InvalidBucketName). */
  createBucket(name: string, settings?: BucketSettings): Promise<void>;
  /** The inventory configurations of all buckets, for who writes the reports. */
  readonly inventories: InventoryBook;
}

/** Opens the S3 of the local cloud. What it has acknowledged is still there after the process is killed. */
export async function createS3Service(options: S3ServiceOptions): Promise<S3Service> {
  const context = await openContext(options);
  const underWay = new Set<Promise<void>>();
  return {
    async handle(request, response) {
      const answering = answer(context, request, response);
      underWay.add(answering);
      await answering.finally(() => underWay.delete(answering));
    },
    async stop() {
      await Promise.all(underWay);
      await context.database.close();
    },
    inventories: createInventoryBook(context.buckets),
    readObject: (bucket, key) => readObject(context, bucket, key),
    async createBucket(name, { eventBridge, versioned, objectLock } = {}) {
      checkBucketName(name);
      const before: BucketRecord = context.buckets.find(name) ?? { name, created: Date.now() };
      await context.buckets.save({
        ...before,
        ...(eventBridge !== undefined && { eventBridge }),
        ...((versioned === true || objectLock === true) && { versioning: 'Enabled' }),
        ...(objectLock === true && { objectLock: before.objectLock ?? {} }),
      });
    },
  };
}

async function openContext(options: S3ServiceOptions): Promise<S3Context> {
  const { dataFolder, identity, events, clock = Date.now, restoreTimes, inventoryFields } = options;
  await mkdir(dataFolder, { recursive: true });
  const database = await openIndex(join(dataFolder, 'index'));
  const bodies = await BodyStore.open(join(dataFolder, 'bodies'), database);
  const objects = new ObjectStore(database, bodies);
  return {
    identity,
    events,
    database,
    bodies,
    objects,
    buckets: await BucketStore.open(database, objects),
    uploads: new UploadStore(database, bodies),
    deletions: new DeletionWatch(),
    clock,
    inventoryFields,
    restoreTimes: { ...DEFAULT_RESTORE_TIMES, ...restoreTimes },
  };
}

/** Nothing costs anything here; a requester who agrees to pay is told that it was charged, as S3 tells it. */
function acknowledgePayer({ headers, response }: Call): void {
  if (headers['x-amz-request-payer'] === 'requester') response.setHeader(REQUEST_CHARGED, 'requester');
}

/** Never rejects: whatever goes wrong becomes an error document, or the end of the connection if it is too late for one. */
async function answer(context: S3Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = newRequestId();
  const method = request.method ?? 'GET';
  try {
    const { call, level } = prepareCall(context, request, response, requestId);
    acknowledgePayer(call);
    await findHandler(method, level, call.query)(call);
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    response.removeHeader(REQUEST_CHARGED);
    if (!(error instanceof S3Error)) console.error(`s3: ${method} ${request.url}: ${describe(error)}`);
    const known = error instanceof S3Error ? error : new S3Error('InternalError');
    sendError(response, known, { id: requestId, method, resource: (request.url ?? '/').split('?')[0] ?? '/' });
  }
}

async function readObject(context: S3Context, bucket: string, key: string): Promise<Buffer | undefined> {
  return untilBodyStays(async () => {
    const content = context.buckets.find(bucket) && context.objects.current(bucket, key)?.content;
    if (content === undefined) return undefined;
    const bytes = await context.bodies.read(content.body, 0, content.body.size);
    if (Buffer.isBuffer(bytes)) return bytes;
    return Buffer.concat(await bytes.toArray());
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
