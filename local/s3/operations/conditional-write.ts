import type { Call } from '../protocol/call.ts';
import { writeCheck } from '../protocol/conditions.ts';
import type { WriteCheck } from '../storage/object-store.ts';

/** Runs a write under the conditions of its headers; `work` hands the check to the store. */
export async function conditionally(call: Call, work: (check: WriteCheck) => Promise<void>): Promise<void> {
  const conditions = { ifMatch: call.headers['if-match'], ifNoneMatch: call.headers['if-none-match'] };
  if (conditions.ifNoneMatch === undefined) return work(writeCheck(conditions, call.key, () => false));
  return call.context.deletions.during(call.bucket, call.key, (deletedMeanwhile) =>
    work(writeCheck(conditions, call.key, deletedMeanwhile)),
  );
}
