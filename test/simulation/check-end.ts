import type { JobState } from '../../core/job/records.ts';
import { blockOf } from '../../core/stores/progress-store.ts';
import type { Objects } from './operation.ts';
import type { SimulatedJob } from './scenario.ts';
import type { Users } from './users.ts';
import type { World } from './world.ts';

/** Deaths of workers for which a task is failed. */
const DEATHS = 3;

/** What must be so when all jobs have ended. */
export function checkEnd(world: World, users: Users): void {
  for (const objects of world.objects.values()) {
    const state = world.stores.jobs.states.get(objects.job.jobId);
    if (state === undefined) continue;
    checkEnding(world, state, users);
    checkCounts(world, state, objects);
    checkLines(world, state, objects);
    checkTasks(world, objects);
    if (world.scenario.fair) checkRate(world, objects);
  }
}

function checkEnding(world: World, { jobId, status, failureReasons }: JobState, users: Users): void {
  if (users.cancelled.has(jobId) && status === 'Complete') {
    world.watch.violated('a-cancel-holds', `${jobId} was cancelled, and is ${status}`);
  }
  const [cause] = failureReasons;
  if (status === 'Failed' && cause?.FailureCode !== 'TaskFailureThresholdExceeded') {
    world.watch.violated('fails-for-a-cause', `${jobId} failed for ${JSON.stringify(failureReasons)}`);
  }
}

function checkCounts(world: World, { jobId, status, totalTasks }: JobState, { job }: Objects): void {
  const { stores, watch } = world;
  const wanted = keysFor(world, job).length;
  const { succeeded, failed } = stores.jobs.totals.get(jobId) ?? { succeeded: 0, failed: 0 };
  const blocks = [...(stores.progress.blocks.get(jobId)?.values() ?? [])];
  const counted = blocks.reduce((all, block) => all + block.succeeded, 0);
  const countedFailed = blocks.reduce((all, block) => all + block.failed, 0);
  if (counted !== succeeded || countedFailed !== failed) {
    const what = `${jobId}: shown ${succeeded}+${failed}, counted ${counted}+${countedFailed}`;
    watch.violated('fixed-when-ended', what);
  }
  // One that was cancelled before it was confirmed ends at once, with blocks that nobody began.
  if (blocks.some(({ sealed, parts, done }) => !sealed && parts.size + done.size > 0)) {
    watch.violated('fixed-when-ended', `${jobId} has a block that is begun and not sealed`);
  }
  if (status === 'Complete' && (succeeded + failed !== wanted || totalTasks !== wanted)) {
    const all = `${succeeded}+${failed} of ${totalTasks}`;
    watch.violated('line-for-line', `${jobId} is Complete with ${all} tasks, its manifest has ${wanted}`);
  }
  const lines = stores.reportLines(jobId);
  if (lines === undefined) {
    if (succeeded + failed > 0) watch.violated('counts-of-the-report', `${jobId} counted tasks, and has no report`);
    return;
  }
  const failures = lines.filter((line) => line.includes(',failed,')).length;
  const successes = lines.length - failures;
  const allShown = job.request.Report.ReportScope === 'AllTasks' ? succeeded : 0;
  if (failures !== failed || successes !== allShown) {
    const shown = `${jobId} shows ${succeeded}+${failed}`;
    watch.violated('counts-of-the-report', `${shown}, its report has ${successes}+${failures} lines`);
  }
}

/** Of each key: how often it is in the manifest, and in the report. */
function checkLines(world: World, { jobId, status }: JobState, { job, carried }: Objects): void {
  const { watch } = world;
  const lines = world.stores.reportLines(jobId);
  if (lines === undefined) return;
  const wanted = countsOf(keysFor(world, job));
  const there = countsOf(lines.map(keyOf));
  const all = status === 'Complete' && job.request.Report.ReportScope === 'AllTasks';
  for (const [key, lineCount] of there) {
    if (lineCount > (wanted.get(key) ?? 0))
      watch.violated('no-double-line', `${jobId}: ${key} is there ${lineCount} times`);
  }
  for (const [key, count] of wanted) {
    if (all && there.get(key) !== count)
      watch.violated('line-for-line', `${jobId}: ${key} is there ${there.get(key)} times`);
  }
  const ended = new Set(carried.filter((each) => each.ended !== undefined).map(({ key }) => key));
  for (const line of lines) {
    const key = keyOf(line);
    if (line.includes('WorkerCrashed')) checkCrashed(world, jobId, key, carried);
    else if (!ended.has(key)) watch.violated('true-results', `${jobId}: ${key} was not carried out: ${line}`);
    else if (line.includes(',failed,') !== job.fails(key)) watch.violated('true-results', `${jobId}: ${line}`);
  }
}

/** Workers crash before they begin a task, too: those at the task's shard are looked at, or all where it is not known. */
function checkCrashed(world: World, jobId: string, key: string, carried: Objects['carried']): void {
  const shards = new Set(carried.filter((each) => each.key === key).map(({ taskId }) => taskId.split('-')[0]));
  const isNear = (at: string): boolean => shards.size === 0 || shards.has(at.split('/')[1]);
  const workers = [...world.atShard].filter(([at]) => at.startsWith(jobId) && isNear(at)).flatMap(([, all]) => all);
  const ended = workers.filter(({ disturbed }) => disturbed).length;
  if (ended >= DEATHS) return;
  world.watch.violated('crashes-are-crashes', `${jobId}: ${key}, and ${ended} workers crashed or failed`);
}

/** What became of each task that was begun: whether it was carried out once, and counted. */
function checkTasks(world: World, { job, carried }: Objects): void {
  const { stores, watch } = world;
  const begun = countsOf(carried.map(({ taskId }) => taskId));
  for (const { taskId, key, ended, by } of carried) {
    const [shard = 0, index = 0] = taskId.split('-').map(Number);
    const workers = world.atShard.get(`${job.jobId}/${shard}`) ?? [];
    if (job.deadly.size > 0 || workers.some(({ disturbed }) => disturbed)) continue;
    if (world.scenario.fair && (begun.get(taskId) ?? 0) > 1) {
      watch.violated(
        'once-in-fair-weather',
        `${job.jobId}: task ${taskId} (${key}) was carried out ${begun.get(taskId)} times`,
      );
    }
    const block = stores.progress.blocks.get(job.jobId)?.get(blockOf(shard));
    const isCounted = block?.done.has(shard) === true || (block?.parts.get(shard)?.at ?? 0) > index;
    if (ended !== undefined && !isCounted) {
      watch.violated(
        'begun-is-counted',
        `${job.jobId}: ${by.id} carried out task ${taskId} (${key}), and nobody counted it`,
      );
    }
  }
}

/** The most tasks that the workers of a job may begin at once, beyond its rate: one each, and what is rounded up. */
const BURST = 20;

function checkRate(world: World, { job, carried }: Objects): void {
  const rate = job.request.Drover?.RateLimit?.TasksPerSecond;
  if (rate === undefined || job.wishes.some(({ wish }) => wish.kind === 'limits')) return;
  const most = 10 * rate + BURST;
  for (const [index, { began }] of carried.entries()) {
    const end = carried.findIndex((each, at) => at >= index && each.began > began + 10_000);
    const within = (end < 0 ? carried.length : end) - index;
    if (within > most) {
      world.watch.violated('rate-holds', `${job.jobId}: ${within} tasks in ten seconds, at ${rate} a second`);
    }
  }
}

/** The keys of a job's tasks: its manifest's, or those that the job before it has left for it. */
function keysFor(world: World, job: SimulatedJob): readonly string[] {
  if (job.after === undefined) return job.keys;
  const { job: before, takes } = job.after;
  const state = world.stores.jobs.states.get(before.jobId);
  // Cancelled before its manifest was read: it has no tasks.
  if (state?.totalTasks === undefined) return [];
  const all = keysFor(world, before);
  if (takes === 'Same') return all;
  const { succeeded, failed } = world.stores.countedKeys(before.jobId);
  if (takes === 'FailedTasks') return failed;
  if (takes === 'SucceededTasks') return succeeded;
  const left = countsOf(succeeded);
  return all.filter((key) => {
    const times = left.get(key) ?? 0;
    left.set(key, times - 1);
    return times <= 0;
  });
}

function countsOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function keyOf(line: string): string {
  return line.split(',')[1] ?? '';
}
