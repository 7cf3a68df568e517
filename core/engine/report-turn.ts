import { createHash } from 'node:crypto';
import type { JobFailure, JobState, JobTotals, StoredRequest } from '../job/records.ts';
import { type JobStatus, stageOf } from '../job/status.ts';
import { reportFolder, reportManifest } from '../report/report-manifest.ts';
import type { Block } from '../stores/progress-store.ts';
import { ReportNotWritable } from '../stores/report-destination.ts';
import { mapBounded } from './bounded.ts';
import { clearTrouble, isFatal, moveJob } from './job-changes.ts';
import { mapWorkers } from './map-workers.ts';
import { type Plan, readPlan } from './plan.ts';
import { type RangeRecord, type ReportDependencies, writeRange } from './report-range.ts';
import { hasWorkers, settle } from './settle.ts';
import { sumOf } from './totals.ts';
import { done, map, type TurnInput, type TurnOutput, wait } from './turn.ts';
import { guardTurn } from './turn-guard.ts';
import { itemsKey, reportRecordKey } from './work-keys.ts';

/** S3's own words (User Guide, troubleshooting-batch-operations); the code is Drover's. */
const REPORT_NOT_WRITABLE = 'JobReportNotWritable';
const REPORT_NOT_WRITABLE_REASON =
  'The job report could not be written to your report bucket. Please check your permissions.';

/**
 * One turn of ReportJob: waits for workers still counting, seals the blocks, has the report written and ends the job.
 * A job of one block is reported here and now; a larger one by a Map over its blocks.
 */
export async function reportTurn(deps: ReportDependencies, input: TurnInput): Promise<TurnOutput> {
  return await guardTurn(deps, input, () => takeTurn(deps, input));
}

async function takeTurn(deps: ReportDependencies, input: TurnInput): Promise<TurnOutput> {
  const [state, stored] = await Promise.all([deps.jobs.getState(input.jobId), deps.jobs.getRequest(input.jobId)]);
  if (stored === undefined || state?.epoch !== input.epoch || stageOf(state.status) !== 'report') return done(input);
  const plan = await readPlan(deps.work, input.jobId);
  const blocks = plan === undefined ? [] : await deps.progress.listBlocks(input.jobId);
  const now = deps.clock.now();
  if (hasWorkers(blocks, now)) return wait(input, waitFor(now - Date.parse(state.statusSince)));
  if (plan !== undefined) await settle(deps, input.jobId, plan, blocks);
  const sealed = plan === undefined ? [] : await deps.progress.listBlocks(input.jobId);
  const totals = sumOf(sealed, deps.clock.now());
  await deps.jobs.raiseTotals(input.jobId, totals);
  if (plan === undefined || !stored.request.Report.Enabled || totals.succeeded + totals.failed === 0) {
    return await end(deps, input, { state, totals });
  }
  return await report(deps, input, { state, stored, plan, blocks: sealed, totals });
}

/** Seconds until the next look at workers that are ending: most end at once, some have tasks of minutes. */
function waitFor(waited: number): number {
  return waited < 10_000 ? 1 : 10;
}

interface Reporting {
  readonly state: JobState;
  readonly stored: StoredRequest;
  readonly plan: Plan;
  readonly blocks: readonly Block[];
  readonly totals: JobTotals;
}

async function report(deps: ReportDependencies, input: TurnInput, job: Reporting): Promise<TurnOutput> {
  try {
    const records = await mapBounded(job.blocks, 32, (block) => readRecord(deps, input.jobId, block.number));
    const [first, ...rest] = job.blocks.filter((_, index) => records[index] === undefined);
    // The first is written here: a bucket that refuses shows it before a thousand children try.
    if (first !== undefined) records[job.blocks.indexOf(first)] = await writeRange(deps, job.stored, job.plan, first);
    if (rest.length > 0) {
      // The bucket takes it: what it refused earlier is over.
      if (job.state.trouble !== undefined) await clearTrouble(deps, input.jobId);
      return await mapBlocks(deps, input, rest);
    }
    await writeManifest(
      deps,
      job,
      records.filter((record) => record !== undefined),
    );
  } catch (error) {
    const { trouble } = job.state;
    const forGood = error instanceof ReportNotWritable || (trouble !== undefined && isFatal(trouble, deps.clock.now()));
    if (!forGood) throw error;
    return await endUnreported(deps, input, job, error instanceof Error ? error.message : String(error));
  }
  return await end(deps, input, job);
}

async function mapBlocks(deps: ReportDependencies, input: TurnInput, missing: readonly Block[]): Promise<TurnOutput> {
  const items = itemsKey(input.jobId, 'report', input.epoch, input.turn);
  await deps.work.put(items, `block\n${missing.map(({ number }) => `${number}\n`).join('')}`);
  const concurrency = await mapWorkers(deps);
  return map(input, { items, concurrency, deadline: deps.clock.now() + 15 * 60_000 });
}

async function readRecord(deps: ReportDependencies, jobId: string, block: number): Promise<RangeRecord | undefined> {
  const found = await deps.work.get(reportRecordKey(jobId, block));
  return found === undefined ? undefined : (JSON.parse(found.body.toString('utf8')) as RangeRecord);
}

/** Writes manifest.json, the report's commit mark, last; its MD5 just before it. Refuses when lines and counts disagree. */
async function writeManifest(deps: ReportDependencies, job: Reporting, records: readonly RangeRecord[]): Promise<void> {
  const { jobId, request } = job.stored;
  const files = records.flatMap((record) => record.files);
  const rows = (status: string): number =>
    files.reduce((sum, file) => sum + (file.status === status ? file.rows : 0), 0);
  const succeeded = request.Report.ReportScope === 'FailedTasksOnly' ? job.totals.succeeded : rows('succeeded');
  if (succeeded !== job.totals.succeeded || rows('failed') !== job.totals.failed) {
    throw new Error(
      `report of job ${jobId}: ${succeeded} + ${rows('failed')} lines, counted ${JSON.stringify(job.totals)}`,
    );
  }
  const destination = await deps.openReport(jobId);
  const key = `${reportFolder(jobId, request.Report.Prefix)}/manifest.json`;
  // The date of the status, not of this moment: a second run writes the same bytes.
  const manifest = reportManifest(destination.bucket, job.state.statusSince, files);
  await destination.put(`${key}.md5`, createHash('md5').update(manifest).digest('hex'), 'text/plain');
  await destination.put(key, manifest, 'application/json');
}

const END: Partial<Record<JobStatus, JobStatus>> = {
  Completing: 'Complete',
  Cancelling: 'Cancelled',
  Failing: 'Failed',
};

async function end(
  deps: ReportDependencies,
  input: TurnInput,
  { state, totals }: Pick<Reporting, 'state' | 'totals'>,
  to = END[state.status],
  failure?: JobFailure,
): Promise<TurnOutput> {
  if (to === undefined) return done(input);
  const changes = {
    ...(failure === undefined ? {} : { failureReasons: [failure] }),
    ...(totals.failed === 0 ? {} : { failedTasks: totals.failed }),
  };
  await moveJob(deps, input.jobId, input.epoch, to, changes);
  // Which tells of the end, and closes the job.
  await deps.callScheduler(input.jobId);
  return done(input);
}

/** All tasks are done and counted, and the report cannot be written: S3 fails such a job. A cancelled one stays cancelled. */
async function endUnreported(
  deps: ReportDependencies,
  input: TurnInput,
  job: Reporting,
  cause: string,
): Promise<TurnOutput> {
  const to = job.state.status === 'Cancelling' ? 'Cancelled' : 'Failed';
  const FailureReason = `${REPORT_NOT_WRITABLE_REASON} ${cause}`;
  return await end(deps, input, job, to, { FailureCode: REPORT_NOT_WRITABLE, FailureReason });
}
