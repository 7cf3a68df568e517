import type { InventoryEntry } from '../s3/storage/inventory-book.ts';
import type { InventoryOrder } from './inventory-writer.ts';

/** What a configuration asks to be written. @param time a whole minute, in milliseconds since 1970. */
export function inventoryOrder({ bucket, inventory }: InventoryEntry, time: number): InventoryOrder {
  const { id, versions, optionalFields, prefix = '', destination } = inventory;
  const [, partition = 'aws', , , , destinationBucket = ''] = destination.bucketArn.split(':');
  return {
    sourceBucket: bucket,
    id,
    destinationBucket,
    destinationPrefix: (destination.prefix ?? '').replace(/\/+$/, ''),
    format: destination.format,
    versions,
    optionalFields,
    prefix,
    partition,
    encryption: encryptionOf(destination.encryption),
    time,
  };
}

function encryptionOf(
  encryption: InventoryEntry['inventory']['destination']['encryption'],
): InventoryOrder['encryption'] {
  if (encryption === undefined) return undefined;
  return encryption === 'SSE-S3' ? { algorithm: 'AES256' } : { algorithm: 'aws:kms', keyId: encryption.keyId };
}
