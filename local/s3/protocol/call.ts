import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CloudIdentity, EventSink } from '../../service.ts';
import type { BodyStore } from '../storage/body-store.ts';
import type { BucketStore } from '../storage/bucket-store.ts';
import type { DeletionWatch } from '../storage/deletion-watch.ts';
import type { IndexDatabase } from '../storage/index-database.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { UploadStore } from '../storage/upload-store.ts';
import type { RestoreTimes } from './archive.ts';

/** What every operation works with. */
export interface S3Context {
  readonly identity: CloudIdentity;
  readonly events: EventSink | undefined;
  readonly database: IndexDatabase;
  readonly bodies: BodyStore;
  readonly objects: ObjectStore;
  readonly buckets: BucketStore;
  readonly uploads: UploadStore;
  readonly deletions: DeletionWatch;
  /** The time by which locks hold and restores end, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly restoreTimes: RestoreTimes;
  /** Optional fields that inventory reports can have here; undefined: no reports are written. */
  readonly inventoryFields: readonly string[] | undefined;
}

/** One request on its way to an operation. */
export interface Call {
  readonly context: S3Context;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Empty where the operation is on the service. */
  readonly bucket: string;
  /** Empty where the operation is on the bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** Headers by lower-case name, with those that a presigned URL carries in its query. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Carries out one S3 operation and answers, or throws an S3Error. */
export type Handler = (call: Call) => Promise<void>;
