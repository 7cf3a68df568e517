import type { Clock } from '../../engine/clock.ts';
import { parseBucketArn } from '../../job/object-arn.ts';
import type { JobRequest } from '../../job/request.ts';
import type { ListPages } from '../../listing/find-cuts.ts';
import { type ListedObject, NotAListing, readListPage } from '../../listing/list-page.ts';
import { listInParallel } from '../../listing/parallel-listing.ts';
import { listObjectsRequest } from '../../s3/requests/list-objects.ts';
import type { S3DataClient, S3Refusal } from '../../s3/s3-data-client.ts';
import { writeCsvField } from '../csv-record.ts';
import { GENERATED_COLUMNS } from '../generator/generated-columns.ts';
import { headFilterOf } from '../generator/head-filter.ts';
import { listingFilterOf } from '../generator/listing-filter.ts';
import { prefixesOf } from '../generator/prefixes.ts';
import { ManifestError } from '../manifest-error.ts';
import type { ManifestChunk, ManifestReader } from '../manifest-reader.ts';

type Generator = NonNullable<NonNullable<JobRequest['ManifestGenerator']>['S3JobManifestGenerator']>;

/** A bucket that is listed: its S3, and the clock by which a call has done its share. */
export interface GeneratedFrom {
  readonly s3: S3DataClient;
  readonly clock: Pick<Clock, 'now'>;
  /** Keys that a call lists before it leaves the rest to others; its own unless given. */
  readonly share?: number | undefined;
}

/** Pages asked for at once in one call: one vCPU reads no more, at 100 ms a page. */
const LANES = 64;

/** Keys that the first call lists before it leaves the rest to as many calls as there are ranges left. */
const FIRST_SHARE = 1_000_000;

/** Keys that each of those lists, which may leave ranges in their turn. */
const SHARE = 10_000_000;

/** No call begins another page after so long, whatever it has listed: far less than a function may take. */
const SHARE_MILLISECONDS = 3 * 60_000;

/** S3's code is not known; its words are (User Guide, troubleshooting-batch-operations). */
export const NO_KEYS: readonly [code: string, reason: string] = [
  'ManifestGenerationFoundNoKeys',
  'Manifest generation found no keys matching the filter criteria.',
];

/** The code is Drover's. */
export const NOT_GENERATED = 'ManifestGenerationFailed';

/**
 * `S3JobManifestGenerator`: the current objects of a bucket that its filter lets through. A chunk is a range of keys,
 * listed on many lanes; when a call has listed its share, the ranges that are left are chunks for others.
 */
export function generatedManifest({ s3, clock, share: given }: GeneratedFrom, generator: Generator): ManifestReader {
  const bucket = parseBucketArn(generator.SourceBucket) ?? '';
  const { signal } = new AbortController();
  const owner = generator.ExpectedBucketOwner;
  const headers = owner === undefined ? {} : { 'x-amz-expected-bucket-owner': owner };
  const list: ListPages = async (question) => {
    const reply = await s3.send(listObjectsRequest(bucket, question, headers), signal);
    if (!reply.ok) throw listingFault(bucket, owner, reply);
    return readListPage(reply.bytes);
  };
  const isWanted = listingFilterOf(generator.Filter ?? {});
  const heads = headFilterOf({ s3, bucket, headers, signal }, generator.Filter ?? {});
  const select = async (objects: readonly ListedObject[]): Promise<readonly ListedObject[]> => {
    const wanted = isWanted === undefined ? objects : objects.filter(isWanted);
    return heads === undefined ? wanted : await heads(wanted);
  };
  const chunkOf = (keys: NonNullable<ManifestChunk['keys']>, share: number): ManifestChunk => {
    return { bucket, key: keys.prefix, begins: true, keys, share };
  };

  return {
    async survey() {
      const prefixes = prefixesOf(generator.Filter?.KeyNameConstraint?.MatchAnyPrefix);
      return {
        form: { columns: GENERATED_COLUMNS },
        chunks: prefixes.map((prefix) => chunkOf({ prefix }, given ?? FIRST_SHARE)),
      };
    },

    async readLines({ keys, share = SHARE }, onLine, leave) {
      if (keys === undefined) throw new Error('a chunk of a listing has no range of keys');
      const end = clock.now() + SHARE_MILLISECONDS;
      const enough = (listed: number): boolean => listed >= share || clock.now() >= end;
      try {
        const left = await listInParallel(list, keys, { lanes: LANES, enough, select }, async (objects) => {
          for (const object of objects) {
            const more = onLine(lineOf(bucket, object));
            if (!(more === true || (more !== false && (await more)))) return false;
          }
          return true;
        });
        leave?.(left.map((range) => chunkOf(range, given ?? SHARE)));
      } catch (error) {
        if (!(error instanceof NotAListing)) throw error;
        throw new ManifestError(NOT_GENERATED, `The bucket ${bucket} cannot be listed: ${error.message}`, {
          cause: error,
        });
      }
    },
  };
}

/** A line of the manifest. Keys are spelled as manifests should: the listing's plus is a space. */
function lineOf(bucket: string, { encodedKey, size, lastModified, etag, storageClass }: ListedObject): Buffer {
  const key = encodedKey.includes('+') ? encodedKey.replaceAll('+', '%20') : encodedKey;
  return Buffer.from(`${bucket},${key},${size},${lastModified},${writeCsvField(etag)},${writeCsvField(storageClass)}`);
}

function listingFault(bucket: string, owner: string | undefined, refusal: S3Refusal): Error {
  const { httpStatus, code, message } = refusal;
  const said = `${code}: ${message}`;
  if (httpStatus === 403) {
    const needs = owner === undefined ? '' : `, and account ${owner} must own it`;
    return new ManifestError(
      NOT_GENERATED,
      `Listing the bucket ${bucket} is forbidden: ${said}. The job's role needs s3:ListBucket on it${needs}.`,
    );
  }
  if (httpStatus === 404) return new ManifestError(NOT_GENERATED, `There is no bucket ${bucket} to list: ${said}`);
  if (httpStatus >= 400 && httpStatus < 500) {
    return new ManifestError(NOT_GENERATED, `S3 refused to list the bucket ${bucket}: ${said}`);
  }
  return new Error(`The bucket ${bucket} cannot be listed at present: ${said}`);
}
