import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { LISTED_FIELDS, listedFields } from '../../core/inventory/fields.ts';
import type { InventorySpec } from '../../core/inventory/inventory-spec.ts';
import { reportKeys } from '../../core/inventory/report-layout.ts';
import type { Encryption } from '../../core/stores/s3-report-destination.ts';
import type { InventoryOrder, InventoryReport, InventoryWriter } from '../../local/inventory/inventory-writer.ts';
import { inventoryFault } from './inventory-fault.ts';
import { type InventoryS3, sdkClientOf, writeInventoryIn } from './inventory-s3.ts';

/** Requests in flight to an S3 on the same machine, which has its own work to do: more make nothing faster. */
const LANES = 8;

/** Writes the reports that the local S3's inventory configurations ask for, as `drover inventory create` writes its own. */
export const localInventoryWriter: InventoryWriter = {
  optionalFields: LISTED_FIELDS,
  async write(order, { endpoint, region }, { signal, onProgress }) {
    // The local S3 takes any credentials.
    const credentials = async () => ({ accessKeyId: 'drover', secretAccessKey: 'drover' });
    const s3: InventoryS3 = { region, endpoint, credentials };
    try {
      return await writeOrFind(s3, order, { signal, lanes: LANES, onProgress: ({ rows }) => onProgress?.(rows) });
    } catch (error) {
      throw inventoryFault(error, s3, true);
    }
  },
};

async function writeOrFind(
  s3: InventoryS3,
  order: InventoryOrder,
  options: Parameters<typeof writeInventoryIn>[4],
): Promise<InventoryReport> {
  const { ReportExists } = await import('../../core/inventory/write-inventory.ts');
  const spec = specOf(order);
  try {
    const { manifestKey, ...written } = await writeInventoryIn(s3, spec, encryptionOf(order), order.time, options);
    return { manifestKey, written };
  } catch (error) {
    if (!(error instanceof ReportExists)) throw error;
    await announceIfNeeded(s3, spec, order);
    return { manifestKey: error.manifestKey, written: undefined };
  }
}

/**
 * What was killed between manifest.json and manifest.checksum has all but the latter. It is not written anew, because
 * somebody may have found the manifest already and made a job on it.
 */
async function announceIfNeeded(s3: InventoryS3, spec: InventorySpec, order: InventoryOrder): Promise<void> {
  const { GetObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const keys = reportKeys(spec, order.time);
  const Bucket = spec.destinationBucket;
  const client = await sdkClientOf(s3);
  try {
    if (await isThere(client, Bucket, keys.checksum)) return;
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keys.manifest }));
    const md5 = createHash('md5')
      .update((await Body?.transformToByteArray()) ?? '')
      .digest('hex');
    const checksum = { Bucket, Key: keys.checksum, Body: `${md5}\n`, ContentType: 'text/plain' };
    await client.send(new PutObjectCommand({ ...checksum, ...encryptionOf(order) }));
  } finally {
    client.destroy();
  }
}

async function isThere(client: S3Client, Bucket: string, Key: string): Promise<boolean> {
  const { HeadObjectCommand, NotFound } = await import('@aws-sdk/client-s3');
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

function specOf({ optionalFields, encryption: _, time: __, ...spec }: InventoryOrder): InventorySpec {
  return { ...spec, fields: listedFields(optionalFields) };
}

function encryptionOf({ encryption }: InventoryOrder): Encryption {
  if (encryption === undefined) return {};
  const { algorithm, keyId } = encryption;
  return { ServerSideEncryption: algorithm, ...(keyId !== undefined && { SSEKMSKeyId: keyId }) };
}
