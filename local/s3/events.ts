import type { Call } from './protocol/call.ts';
import type { DeleteOutcome } from './storage/object-store.ts';
import type { ObjectRecord } from './storage/records.ts';
import { NULL_VERSION } from './storage/version-id.ts';

/** The API call that made an object, as events name it. */
export type CreationReason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';

/** Version of the form of the detail. Source: "EventBridge event message structure", User Guide. */
const EVENT_VERSION = '1.2';
/** The ETag that events give a delete marker: the MD5 of nothing. */
const EMPTY_ETAG = 'd41d8cd98f00b204e9800998ecf8427e';

/** Sends `Object Created` if the bucket has EventBridge on. */
export async function announceCreated(
  call: Call,
  key: string,
  record: ObjectRecord,
  reason: CreationReason,
): Promise<void> {
  if (!isOn(call) || record.content === undefined) return;
  await send(call, 'Object Created', reason, {
    key,
    size: record.content.body.size,
    etag: record.content.etag,
    ...identify(call, record),
  });
}

/** Sends `Object Deleted` if the bucket has EventBridge on and something was deleted. */
export async function announceDeleted(call: Call, key: string, outcome: DeleteOutcome): Promise<void> {
  if (!isOn(call) || outcome.record === undefined) return;
  const etag = outcome.record.content?.etag ?? EMPTY_ETAG;
  const deletion = outcome.madeMarker ? 'Delete Marker Created' : 'Permanently Deleted';
  await send(call, 'Object Deleted', 'DeleteObject', { key, etag, ...identify(call, outcome.record) }, deletion);
}

function isOn({ context, bucket }: Call): boolean {
  return context.events !== undefined && context.buckets.find(bucket)?.eventBridge === true;
}

async function send(call: Call, type: string, reason: string, object: object, deletionType?: string): Promise<void> {
  await call.context.events?.put({
    source: 'aws.s3',
    'detail-type': type,
    resources: [`arn:aws:s3:::${call.bucket}`],
    detail: {
      version: '0',
      'event-version': EVENT_VERSION,
      bucket: { name: call.bucket },
      object,
      'request-id': call.requestId,
      requester: call.context.identity.account,
      'source-ip-address': call.request.socket.remoteAddress ?? '127.0.0.1',
      reason,
      ...(deletionType !== undefined && { 'deletion-type': deletionType }),
    },
  });
}

function identify(call: Call, record: ObjectRecord): object {
  const versioned = call.context.buckets.find(call.bucket)?.versioning !== undefined;
  return {
    ...(versioned && record.versionId !== NULL_VERSION && { 'version-id': record.versionId }),
    sequencer: record.sequence.toString(16).toUpperCase().padStart(18, '0'),
  };
}
