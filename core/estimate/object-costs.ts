import type { TaskRequests } from '../operations/task-requests.ts';
import { type Cost, type CostItem, costOf } from './estimate.ts';
import { CLASS_PRICES, PRICES, RESTORE_PRICES, type StorageClass } from './prices.ts';

/** Bytes of a GB, as storage and transfer are paid for. */
export const GIGABYTE = 1e9;

/** What of a job decides what its objects' requests cost. */
export interface ObjectWork {
  readonly tasks: number;
  readonly bytes: number | undefined;
  readonly requests: TaskRequests;
  /** The class that copies are put into; undefined where nothing is copied. */
  readonly copiesTo: StorageClass | undefined;
  /** The tier of restores. */
  readonly tier: 'STANDARD' | 'BULK';
}

/** What S3, KMS and Lambda take for the tasks' own requests, whoever makes them. */
export function objectCosts({ tasks, bytes, requests, copiesTo, tier }: ObjectWork): Cost {
  const item = (What: string, each: number | undefined, price: number): CostItem => {
    const Quantity = tasks * (each ?? 0);
    return { What, Quantity, USD: Quantity * price };
  };
  const put = copiesTo === undefined ? PRICES.put : CLASS_PRICES[copiesTo].put;
  const into = copiesTo === undefined || copiesTo === 'STANDARD' ? '' : ` into ${copiesTo}`;
  const restore = RESTORE_PRICES.GLACIER[tier];
  const restored = requests.restores === undefined || bytes === undefined ? 0 : bytes / GIGABYTE;
  return costOf([
    item(`PUT, COPY, POST and LIST requests${into}`, requests.writes, put),
    item('GET and HEAD requests', requests.reads, PRICES.get),
    item('objects, versions or tag sets deleted', requests.deletes, 0),
    item(`restore requests, tier ${tier}, from GLACIER`, requests.restores, restore.request),
    { What: `GB restored, tier ${tier}, from GLACIER`, Quantity: restored, USD: restored * restore.gigabyte },
    item('requests to KMS', requests.kms, PRICES.kms),
    item('invocations of the function, without its duration', requests.invocations, PRICES.invocation),
  ]);
}

/** What copies cost each month; undefined where nothing is copied or the size is not known. */
export function storageOfCopies({ bytes, copiesTo }: ObjectWork): Cost | undefined {
  if (copiesTo === undefined || bytes === undefined || bytes === 0) return undefined;
  const Quantity = bytes / GIGABYTE;
  return costOf([
    { What: `GB of copies in ${copiesTo}, a month`, Quantity, USD: Quantity * CLASS_PRICES[copiesTo].gigabyteMonth },
  ]);
}
