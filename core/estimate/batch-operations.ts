import { DROVER_OPERATION_NAMES, type OperationName } from '../job/operation-name.ts';
import type { JobRequest } from '../job/request.ts';
import type { TaskRequests } from '../operations/task-requests.ts';
import { batchOperationsFee } from './bill.ts';
import { type BatchOperationsCost, costOf } from './estimate.ts';
import { GIGABYTE, type ObjectWork, objectCosts } from './object-costs.ts';
import { PRICES } from './prices.ts';

/** What the same work costs with S3 Batch Operations: its fees, and the objects' requests, which it makes as well. */
export function batchOperationsCost(
  name: OperationName,
  { Drover: options }: Pick<JobRequest, 'Drover'>,
  work: ObjectWork,
): BatchOperationsCost {
  if ((DROVER_OPERATION_NAMES as readonly string[]).includes(name)) {
    return { Offered: false, Reason: `S3 Batch Operations has no operation ${name}` };
  }
  if (options?.DryRun === true) return { Offered: false, Reason: 'S3 Batch Operations has no dry run' };
  const fee = batchOperationsFee(work.tasks);
  const requests = objectCosts({ ...work, requests: requestsOfS3(name, work.requests) });
  const checksums = name === 'S3ComputeObjectChecksum' ? (work.bytes ?? 0) / GIGABYTE : 0;
  const { USD, Items } = costOf([
    { What: 'job', Quantity: 1, USD: PRICES.batchJob },
    { What: 'objects', Quantity: work.tasks, USD: work.tasks * PRICES.batchObject },
    { What: 'GB that checksums are computed of', Quantity: checksums, USD: checksums * PRICES.batchChecksumGigabyte },
    ...requests.Items,
  ]);
  return { Offered: true, Fee: fee + checksums * PRICES.batchChecksumGigabyte, USD, Items };
}

/** S3 computes checksums where the objects are, and invokes a function with one object at a time. */
function requestsOfS3(name: OperationName, requests: TaskRequests): TaskRequests {
  if (name === 'S3ComputeObjectChecksum') return {};
  return name === 'LambdaInvoke' ? { ...requests, invocations: 1 } : requests;
}
