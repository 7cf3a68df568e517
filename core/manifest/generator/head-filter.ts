import { mapBounded } from '../../engine/bounded.ts';
import { decodeListedKey, type ListedObject } from '../../listing/list-page.ts';
import type { S3DataClient } from '../../s3/s3-data-client.ts';
import { type Look, lookAtObject } from '../filter/look-at-object.ts';
import type { GeneratorFilter } from './generator-filter.ts';

/** Objects of one page that are looked at at once; the bucket's own limit bounds those of all pages. */
const CONCURRENCY = 32;

export interface HeadsOf {
  readonly s3: S3DataClient;
  readonly bucket: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

type EncryptionFilter = NonNullable<GeneratorFilter['MatchAnyObjectEncryption']>[number];

type Found = Exclude<Look, 'gone' | 'delete marker'>;

/**
 * What of the filter only a look at each object tells: how it is encrypted, and what became of its replication. One HEAD
 * an object that passed all else. Undefined where the filter does not ask.
 */
export function headFilterOf(
  from: HeadsOf,
  filter: GeneratorFilter,
): ((objects: readonly ListedObject[]) => Promise<readonly ListedObject[]>) | undefined {
  const { MatchAnyObjectEncryption: encryptions = [], ObjectReplicationStatuses: statuses = [] } = filter;
  if (encryptions.length === 0 && statuses.length === 0) return undefined;
  const isWanted = (look: Found): boolean =>
    (encryptions.length === 0 || encryptions.some((encryption) => isEncrypted(look, encryption))) &&
    (statuses.length === 0 || statuses.some((status) => status === replicationOf(look)));
  return async (objects) => {
    const verdicts = await mapBounded(objects, CONCURRENCY, async (object) => {
      const key = decodeListedKey(object.encodedKey);
      const look = await lookAtObject({ ...from, failure: 'ManifestGenerationFailed' }, { bucket: from.bucket, key });
      return look !== 'gone' && look !== 'delete marker' && isWanted(look);
    });
    return objects.filter((_, index) => verdicts[index]);
  };
}

function isEncrypted(look: Found, filter: EncryptionFilter): boolean {
  if (look === 'SSE-C') return filter.SSEC !== undefined;
  const kind = look['x-amz-server-side-encryption'];
  const key = look['x-amz-server-side-encryption-aws-kms-key-id'];
  const { SSEKMS: kms, DSSEKMS: dsse } = filter;
  switch (kind) {
    case 'AES256':
      return filter.SSES3 !== undefined;
    case 'aws:kms': {
      const bucketKey = look['x-amz-server-side-encryption-bucket-key-enabled'] === 'true';
      if (kms === undefined) return false;
      return (kms.KmsKeyArn ?? key) === key && (kms.BucketKeyEnabled ?? bucketKey) === bucketKey;
    }
    case 'aws:kms:dsse':
      return dsse !== undefined && (dsse.KmsKeyArn ?? key) === key;
    case undefined:
      return filter.NOTSSE !== undefined;
    default:
      return false;
  }
}

/** In the words of the filter; an object that is still to be replicated has none of them. */
function replicationOf(look: Found): string {
  const status = look === 'SSE-C' ? undefined : look['x-amz-replication-status'];
  if (status === undefined) return 'NONE';
  return status === 'COMPLETE' ? 'COMPLETED' : status;
}
