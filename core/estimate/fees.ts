import type { OperationName } from '../job/operation-name.ts';
import type { ObjectWork } from './object-costs.ts';
import { GIGABYTE } from './object-costs.ts';
import { CLASS_PRICES, PRICES, RESTORE_PRICES, type StorageClass } from './prices.ts';

/** What a copy into an archive class keeps beside the object: 8 KB in STANDARD and 32 KB in the class itself. */
const ARCHIVE_OVERHEAD = 'each object there takes 8 KB more in STANDARD and 32 KB more in its class';

/** INTELLIGENT_TIERING watches each object of 128 KB or more (https://aws.amazon.com/s3/pricing/). */
const MONITORING_PER_THOUSAND = 0.0025;

const EARLY_CLASSES: readonly StorageClass[] = ['STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'];
const RETRIEVAL_CLASSES: readonly StorageClass[] = ['STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR'];

/** What of a job decides which fees may come on top. */
export interface FeeInput {
  readonly name: OperationName;
  readonly work: ObjectWork;
  readonly dryRun: boolean;
  /** Whether the manifest is made from a listing. */
  readonly generated: boolean;
  /** Requests for each object that the job's filters look at, while it is prepared. */
  readonly looks: number;
  /** Days that restored copies are kept. */
  readonly restoreDays: number | undefined;
}

/** Fees that depend on what the objects are, which an estimate does not see: each with its condition and price. */
export function feesOf(input: FeeInput): string[] {
  return [
    ...(input.generated ? [LISTING] : []),
    ...(input.looks > 0 ? [lookFee(input.looks)] : []),
    ...(input.dryRun ? [] : operationFees(input)),
  ];
}

function lookFee(looks: number): string {
  const price = dollars(PRICES.get * 1e6 * looks);
  return `Filter: each million objects that it looks at, wanted or not, cost ${price} for HEAD and GET requests in STANDARD.`;
}

const LISTING =
  `Listing: each million objects of the bucket, wanted or not, cost ${dollars(PRICES.put * 1_000)} for LIST requests; ` +
  `S3 Batch Operations takes ${dollars(PRICES.batchListedObject * 1e6)} for a generated manifest.`;

function operationFees({ name, work, restoreDays }: FeeInput): string[] {
  switch (name) {
    case 'S3InitiateRestoreObject':
      return restoreFees(work, restoreDays);
    case 'DeleteObject':
      return [earlyDeletion('deleted')];
    case 'Move':
      return [earlyDeletion('moved'), retrieval('copied from'), ...copyFees(work)];
    case 'S3PutObjectCopy':
      return [
        earlyDeletion('copied onto themselves, or overwritten by a copy,'),
        retrieval('copied from'),
        ...copyFees(work),
      ];
    case 'S3ComputeObjectChecksum':
      return [retrieval('read from'), acrossRegions('read')];
    case 'LambdaInvoke':
      return ['The function’s own duration, and what it asks of S3, are paid for besides.'];
    default:
      return [];
  }
}

function earlyDeletion(what: string): string {
  const days = EARLY_CLASSES.map((name) => `${CLASS_PRICES[name].minimumDays} days for ${name}`);
  return `Early deletion: objects that are ${what} before their minimum time are paid for to its end: ${listed(days)}.`;
}

function retrieval(what: string): string {
  const prices = RETRIEVAL_CLASSES.map((name) => `${dollars(CLASS_PRICES[name].retrievalGigabyte ?? 0)} in ${name}`);
  return `Retrieval: each GB ${what} a class for infrequent access is paid for: ${listed(prices)}.`;
}

function acrossRegions(what: string): string {
  return `Transfer: bytes ${what} across Regions are paid for by the GB, by which Regions they are.`;
}

function copyFees({ copiesTo, tasks }: ObjectWork): string[] {
  return [
    acrossRegions('copied'),
    'Versions: in a bucket with versions, what a copy takes the place of stays, and is paid for, as a version.',
    ...classFees(copiesTo, tasks),
  ];
}

function classFees(into: StorageClass | undefined, tasks: number): string[] {
  if (into === 'GLACIER' || into === 'DEEP_ARCHIVE') return [`Small objects: ${ARCHIVE_OVERHEAD}.`];
  if (into === 'STANDARD_IA' || into === 'ONEZONE_IA' || into === 'GLACIER_IR') {
    return [`Small objects: ${into} is paid for by 128 KB an object at least.`];
  }
  if (into !== 'INTELLIGENT_TIERING') return [];
  const most = (tasks / 1_000) * MONITORING_PER_THOUSAND;
  return [`Monitoring: INTELLIGENT_TIERING costs up to ${dollars(most)} a month for objects of 128 KB or more.`];
}

function restoreFees({ tasks, bytes, tier }: ObjectWork, days: number | undefined): string[] {
  const gigabytes = bytes === undefined ? undefined : bytes / GIGABYTE;
  const { request, gigabyte } = RESTORE_PRICES.DEEP_ARCHIVE[tier];
  const size = gigabytes === undefined ? '' : ` (${dollars(gigabytes * gigabyte)} for all)`;
  const daily =
    gigabytes === undefined || days === undefined ? undefined : (gigabytes * PRICES.gigabyteMonth * days) / 30;
  const copies = daily === undefined ? '' : `: ${dollars(daily)} for ${days} days`;
  return [
    `Restore: from DEEP_ARCHIVE instead of GLACIER it is ${dollars(tasks * request)} for the requests and ` +
      `${dollars(gigabyte)} a GB${size}.`,
    ...(gigabytes === undefined && RESTORE_PRICES.GLACIER[tier].gigabyte > 0
      ? [`Restore: each GB from GLACIER is ${dollars(RESTORE_PRICES.GLACIER[tier].gigabyte)} besides.`]
      : []),
    `Copies: what is restored is kept in STANDARD as well, at ${dollars(PRICES.gigabyteMonth)} a GB and month${copies}.`,
    'Objects in the archive tiers of INTELLIGENT_TIERING are brought back for nothing, in the tiers STANDARD and BULK.',
  ];
}

function dollars(amount: number): string {
  if (amount === 0) return '$0';
  return `$${amount < 0.1 ? Number(amount.toPrecision(3)) : amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function listed(parts: readonly string[]): string {
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
