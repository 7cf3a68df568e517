import { DEFAULT_ALGORITHM } from '../checksums/checksum.ts';
import { announceCreated } from '../events.ts';
import type { Call } from '../protocol/call.ts';
import { encryptionHeaders, etagOf } from '../protocol/encryption-headers.ts';
import { demandLockIntegrity } from '../protocol/lock-headers.ts';
import { checksumHeaders, readAttributes } from '../protocol/object-headers.ts';
import { receiveBody } from '../protocol/payload.ts';
import { sendEmpty } from '../protocol/respond.ts';
import type { StoredChecksum } from '../storage/records.ts';
import { conditionally } from './conditional-write.ts';
import { copyObject } from './copy-object.ts';
import { versionHeader } from './find-object.ts';

export async function putObject(call: Call): Promise<void> {
  if (call.headers['x-amz-copy-source'] !== undefined) return copyObject(call);
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const attributes = readAttributes(call);
  demandLockIntegrity(call, attributes.lock, 'Put Object');
  return conditionally(call, async (check) => {
    const { staged, md5, checksum } = await receiveBody(call, DEFAULT_ALGORITHM);
    const content = {
      ...attributes,
      etag: etagOf(attributes.encryption, md5),
      ...(checksum && { checksum: fullObject(checksum) }),
    };
    const record = await context.objects.put(() => context.buckets.get(bucket), key, content, staged, check);
    await announceCreated(call, key, record, 'PutObject');
    sendEmpty(call, 200, {
      etag: `"${content.etag}"`,
      ...encryptionHeaders(attributes.encryption),
      ...checksumHeaders(content),
      ...versionHeader(call, record.versionId),
    });
  });
}

/** The checksum of a body that came whole. */
export function fullObject(checksum: Pick<StoredChecksum, 'algorithm' | 'value'>): StoredChecksum {
  return { ...checksum, type: 'FULL_OBJECT' };
}
