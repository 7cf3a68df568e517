import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { InventorySpec } from '../../core/inventory/inventory-spec.ts';
import type { InventoryOptions, WrittenInventory } from '../../core/inventory/write-inventory.ts';
import type { AddressingStyle } from '../../core/s3/addressing-style.ts';
import { lookupHost } from '../../core/signed-http/loopback-names.ts';
import type { Encryption } from '../../core/stores/s3-report-destination.ts';
import { type CredentialProvider, credentialChain } from '../api/credentials.ts';
import type { Target } from '../api/target.ts';

/** The S3 that an inventory is of and is written to, and the credentials for both. */
export interface InventoryS3 {
  readonly region: string;
  readonly credentials: CredentialProvider;
  /** Undefined for AWS. */
  readonly endpoint?: string;
  readonly addressingStyle?: AddressingStyle;
}

/** The S3 that the global options name: another S3, AWS where Drover is deployed or `--aws` says so, or the local cloud's. */
export function inventoryS3Of(
  target: Target,
  options: { readonly aws?: boolean; readonly profile?: string },
): InventoryS3 {
  const { region, s3Endpoint, s3AddressingStyle: addressingStyle } = target;
  if (options.aws === true) return { region, credentials: credentialChain(options.profile) };
  if (s3Endpoint !== undefined) {
    const credentials = credentialChain(options.profile);
    return { region, credentials, endpoint: s3Endpoint, ...(addressingStyle === undefined ? {} : { addressingStyle }) };
  }
  const { credentials } = target;
  return target.local ? { region, credentials, endpoint: target.endpoint } : { region, credentials };
}

/** A client of the AWS SDK for it. */
export async function sdkClientOf({ region, credentials, endpoint, addressingStyle }: InventoryS3): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const common: S3ClientConfig = { region, credentials };
  if (endpoint === undefined) return new S3Client({ ...common, followRegionRedirects: true });
  const requestHandler = { httpAgent: { lookup: lookupHost }, httpsAgent: { lookup: lookupHost } };
  return new S3Client({ ...common, endpoint, forcePathStyle: addressingStyle !== 'virtual', requestHandler });
}

/**
 * Writes a report with these credentials, for the listing and for the destination.
 *
 * @throws what `writeInventory` and `bucketPages` throw.
 */
export async function writeInventoryIn(
  s3: InventoryS3,
  spec: InventorySpec,
  encryption: Encryption,
  time: number,
  options: InventoryOptions,
): Promise<WrittenInventory> {
  const [inventory, pages, data, http, destinations] = await Promise.all([
    import('../../core/inventory/write-inventory.ts'),
    import('../../core/inventory/bucket-pages.ts'),
    import('../../core/s3/create-s3-data-client.ts'),
    import('../../core/signed-http/connections.ts'),
    import('../../core/stores/s3-report-destination.ts'),
  ]);
  const connections = new http.Connections();
  const client = await sdkClientOf(s3);
  try {
    const { region, credentials, endpoint, addressingStyle } = s3;
    const limits = pages.LISTING_LIMIT;
    const lister = data.createS3DataClient({ region, credentials, endpoint, addressingStyle, connections, limits });
    const signal = options.signal ?? new AbortController().signal;
    const bucket = spec.destinationBucket;
    return await inventory.writeInventory(
      {
        list: pages.bucketPages(lister, spec, signal),
        destination: destinations.createS3ReportDestination({ client, bucket, encryption }),
        exists: (key) => isThere(client, bucket, key),
      },
      spec,
      time,
      options,
    );
  } finally {
    client.destroy();
    await connections.close();
  }
}

/** Whether there is such an object. A destination that may be written and not be read says 403: then nobody knows. */
async function isThere(client: S3Client, Bucket: string, Key: string): Promise<boolean> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
  const { ReportNotWritable } = await import('../../core/stores/report-destination.ts');
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    const status = statusIn(error);
    if (status === 404 || status === 403) return false;
    if (status === undefined || status >= 500) throw error;
    throw new ReportNotWritable(`S3 answered ${status} for s3://${Bucket}/${Key}`, { cause: error });
  }
}

function statusIn(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { readonly httpStatusCode?: number } | undefined)?.httpStatusCode;
}
