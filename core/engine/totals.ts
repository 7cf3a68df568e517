import { USUAL_FAILURE_THRESHOLD } from '../job/failure-threshold.ts';
import type { JobFailure, JobState, JobTotals, Throttled } from '../job/records.ts';
import type { Block } from '../stores/progress-store.ts';
import type { EngineDependencies } from './dependencies.ts';
import { mergeFailures } from './failure-groups.ts';
import { failJob } from './job-changes.ts';

/** A job and its threshold, as an execution or a worker of one epoch sees them. */
export type JudgedJob = Pick<JobState, 'jobId' | 'epoch' | 'failureThreshold'>;

/** Between two sums of a job's blocks: many workers end parts, one of them adds up. */
export const SUM_EVERY_MILLISECONDS = 2_000;

/** The same while a job is so young that its failure threshold could bite at the next part. */
const PROBING_SUM_EVERY_MILLISECONDS = 200;

/** How often a worker looks whether another's sum has come. */
const LOOK_EVERY_MILLISECONDS = 60;

/** Longest wait for a fresh sum: a summing worker that died must not hold the others. */
const FRESH_WITHIN_MILLISECONDS = 3_000;

/** The sum of a job's blocks: what DescribeJob shows. */
export function sumOf(blocks: readonly Block[], now: number): JobTotals {
  let succeeded = 0;
  let failed = 0;
  let shardsDone = 0;
  for (const block of blocks) {
    succeeded += block.succeeded;
    failed += block.failed;
    shardsDone += block.done.size;
  }
  const failures = mergeFailures(blocks.flatMap((block) => block.failures ?? []));
  const throttled = throttledIn(blocks);
  return {
    succeeded,
    failed,
    shardsDone,
    summedAt: now,
    ...(failures.length === 0 ? {} : { failures }),
    ...(throttled === undefined ? {} : { throttled }),
  };
}

/** All attempts together, with the bucket that most of one block's were for. */
function throttledIn(blocks: readonly Block[]): Throttled | undefined {
  const found = blocks.flatMap(({ throttled }) => throttled ?? []);
  const [most] = [...found].sort((a, b) => b.attempts - a.attempts);
  return most && { ...most, attempts: found.reduce((sum, { attempts }) => sum + attempts, 0) };
}

/**
 * Whether so few tasks have been executed that a part must be short for the threshold to bite in time. A job that may
 * fail for it only later has done so much by then that parts of the usual length are a small part of it.
 */
export function isProbing(totals: JobTotals, { failureThreshold = USUAL_FAILURE_THRESHOLD }: JudgedJob): boolean {
  const until = Math.min(failureThreshold.minimumTasks, USUAL_FAILURE_THRESHOLD.minimumTasks);
  return totals.succeeded + totals.failed < until;
}

/** The failure of a job that crossed the threshold; undefined for one that did not. */
function thresholdFailure(
  totals: JobTotals,
  { failureThreshold: { minimumTasks, percent } = USUAL_FAILURE_THRESHOLD }: JudgedJob,
): JobFailure | undefined {
  const executed = totals.succeeded + totals.failed;
  if (executed < minimumTasks || totals.failed * 100 <= executed * percent) return undefined;
  return {
    FailureCode: 'TaskFailureThresholdExceeded',
    FailureReason: `${totals.failed} of ${executed} tasks failed: more than ${percent} percent of at least ${minimumTasks}. See the completion report.`,
  };
}

/**
 * Adds up the blocks, unless that was done within so many milliseconds, and fails the job if it crossed its threshold.
 * Says whether it did.
 */
export async function refreshTotals(deps: EngineDependencies, job: JudgedJob, minimumAge: number): Promise<boolean> {
  if (!(await deps.jobs.claimSum(job.jobId, deps.clock.now(), minimumAge))) return false;
  await sum(deps, job);
  return true;
}

/** Totals that were summed after `since`: by this worker, or by another that was at it. */
export async function freshTotals(deps: EngineDependencies, job: JudgedJob, since: number): Promise<JobTotals> {
  const { jobId } = job;
  for (;;) {
    const totals = await deps.jobs.getTotals(jobId);
    const now = deps.clock.now();
    if (totals.summedAt > since || now - since > FRESH_WITHIN_MILLISECONDS) return totals;
    if (await deps.jobs.claimSum(jobId, now, PROBING_SUM_EVERY_MILLISECONDS)) return await sum(deps, job);
    await deps.clock.sleep(LOOK_EVERY_MILLISECONDS);
  }
}

async function sum(deps: EngineDependencies, job: JudgedJob): Promise<JobTotals> {
  const { jobId } = job;
  const summedAt = deps.clock.now();
  const totals = sumOf(await deps.progress.listBlocks(jobId), summedAt);
  if (totals.throttled !== undefined) await logThrottles(deps, jobId, totals.throttled);
  await deps.jobs.raiseTotals(jobId, totals);
  await failAtThreshold(deps, job, totals);
  return totals;
}

/** A line for the first throttled attempt, for ten, for a hundred and so on. */
async function logThrottles(deps: EngineDependencies, jobId: string, { attempts, bucket }: Throttled): Promise<void> {
  const digits = String(attempts).length;
  const before = (await deps.jobs.getTotals(jobId)).throttled?.attempts ?? 0;
  if (before > 0 && String(before).length >= digits) return;
  const text = `S3 has throttled ${attempts} requests so far, most of them for the bucket ${bucket}`;
  const at = new Date(deps.clock.now()).toISOString();
  await deps.jobs.putEvents(jobId, [{ id: `t${digits}`, at, kind: 'Throttled', text }]);
}

/** Fails the job if its totals crossed the threshold; says whether they did. */
export async function failAtThreshold(deps: EngineDependencies, job: JudgedJob, totals: JobTotals): Promise<boolean> {
  const failure = thresholdFailure(totals, job);
  if (failure !== undefined) await failJob(deps, job.jobId, job.epoch, failure);
  return failure !== undefined;
}
