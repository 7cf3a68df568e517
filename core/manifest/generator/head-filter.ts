import { mapBounded } from '../../engine/bounded.ts';
import { decodeListedKey, type ListedObject } from '../../listing/list-page.ts';
import { explainHead } from '../../s3/requests/explain-head.ts';
import { headObjectRequest } from '../../s3/requests/head-object.ts';
import type { S3DataClient, S3Refusal } from '../../s3/s3-data-client.ts';
import { ManifestError } from '../manifest-error.ts';
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

/** What a look at an object told: its headers, or that only its own key opens it. */
type Look = Readonly<Record<string, string>> | 'SSE-C';

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
  const isWanted = (look: Look): boolean =>
    (encryptions.length === 0 || encryptions.some((encryption) => isEncrypted(look, encryption))) &&
    (statuses.length === 0 || statuses.some((status) => status === replicationOf(look)));
  return async (objects) => {
    const verdicts = await mapBounded(objects, CONCURRENCY, async (object) => {
      const look = await lookAt(from, decodeListedKey(object.encodedKey));
      return look !== undefined && isWanted(look);
    });
    return objects.filter((_, index) => verdicts[index]);
  };
}

/** Undefined for an object that is gone by now. */
async function lookAt({ s3, bucket, headers, signal }: HeadsOf, key: string): Promise<Look | undefined> {
  const object = { bucket, key };
  const reply = await s3.send({ ...headObjectRequest(object), headers }, signal);
  if (reply.ok) return reply.headers;
  if (reply.httpStatus === 404 || reply.httpStatus === 405) return undefined;
  const explained = await explainHead(s3, object, reply, signal);
  if (explained.httpStatus === 400 && /server.side encryption/i.test(explained.message)) return 'SSE-C';
  throw headFault(bucket, key, explained);
}

function isEncrypted(look: Look, filter: EncryptionFilter): boolean {
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
function replicationOf(look: Look): string {
  const status = look === 'SSE-C' ? undefined : look['x-amz-replication-status'];
  if (status === undefined) return 'NONE';
  return status === 'COMPLETE' ? 'COMPLETED' : status;
}

function headFault(bucket: string, key: string, { httpStatus, code, message }: S3Refusal): Error {
  const said = `s3://${bucket}/${key}: ${code}: ${message}`;
  if (httpStatus === 403) {
    const needs = "The filter looks at each object: the job's role needs s3:GetObject.";
    return new ManifestError('ManifestGenerationFailed', `${needs} ${said}`);
  }
  if (httpStatus >= 400 && httpStatus < 500) {
    return new ManifestError('ManifestGenerationFailed', `S3 refused a look at ${said}`);
  }
  return new Error(`There is no look at present at ${said}`);
}
