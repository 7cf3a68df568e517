import { JobTrouble } from '../job/job-trouble.ts';
import type { JobState } from '../job/records.ts';
import { TaskUnfinished } from '../operations/task-notes.ts';
import { blockOf, type NamedWorker, type ShardPosition } from '../stores/progress-store.ts';
import type { EngineDependencies } from './dependencies.ts';
import { groupFailures, KnownCodes } from './failure-groups.ts';
import { clearTrouble, noteTrouble } from './job-changes.ts';
import { laneNeedsOf, lanesOf } from './lanes.ts';
import { runPart, WINDOW_FACTOR } from './part.ts';
import { type FinishedTask, findPart, type WrittenPart, writePart } from './part-file.ts';
import { readShard, type ShardInput } from './shard-input.ts';
import { ShownCounts } from './shown-counts.ts';
import {
  died,
  isCondemned,
  isSuspect,
  LEASE_MILLISECONDS,
  released,
  takeOver,
  WORKER_CRASHED,
  workerName,
} from './suspicion.ts';
import { TaskRate } from './task-rate.ts';
import { ThrottleWatch } from './throttle-watch.ts';
import { failAtThreshold, freshTotals, isProbing, type JudgedJob, SUM_EVERY_MILLISECONDS } from './totals.ts';
import { unfinishedKey } from './work-keys.ts';
import { workNotes } from './work-notes.ts';
import { batchSize, carryOut, finish, type WorkerJob } from './worker-job.ts';
import { LOOK_EVERY_MILLISECONDS, PART_MILLISECONDS, PROBING_PART_TASKS } from './worker-times.ts';

export interface WorkerDependencies extends EngineDependencies {
  /** Unique to this invocation, and short: it is kept with every shard that is being worked on. */
  readonly invocation: string;
  /** The job's operation and clients; throws JobTrouble when the job cannot be carried out at all. */
  readonly openJob: (jobId: string) => Promise<WorkerJob>;
}

/**
 * Carries a shard out from where its block says it stands, part by part, until it is done, the job no longer wants it
 * or the deadline comes. Whoever runs the same shard at the same time or after a crash: each task is counted once.
 */
export async function runShard(deps: WorkerDependencies, input: ShardInput): Promise<void> {
  const state = await deps.jobs.getState(input.jobId);
  if (!wants(state, input.epoch) || deps.clock.now() >= input.deadline) return;
  const run = new ShardRun(deps, input, state);
  try {
    if (await run.catchUp()) await run.carryOut();
  } catch (error) {
    // Whatever it is, the job says so; that it passes, or does not, the next waves will show.
    const FailureReason = `A worker failed: ${error instanceof Error ? error.message : String(error)}`;
    await noteTrouble(deps, input.jobId, input.epoch, { FailureCode: 'WorkerFault', FailureReason });
    throw error;
  }
}

function wants(state: JobState | undefined, epoch: number): state is JobState {
  return state?.epoch === epoch && state.status === 'Active';
}

/** The lines of some of a shard's tasks, with the tasks' ids. */
function tasksOf(shard: number, lines: readonly string[], from: number, to: number) {
  return lines.slice(from, to).map((line, index) => ({ line, taskId: `${shard}-${from + index}` }));
}

/** One worker's stay at one shard. */
class ShardRun {
  /** Where the shard stands; undefined while it is not begun. */
  private position: ShardPosition | undefined;
  /** Long ago at first: a report that began before the worker named itself on the shard did not wait for it. */
  private lastLook = 0;
  private wanted = true;
  /** Whether the job shows a trouble that progress would refute. */
  private troubled: boolean;
  /** Milliseconds of the slowest task so far. */
  private slowest = 0;
  private readonly counts: ShownCounts;
  private rate: TaskRate | undefined;
  private codes = new KnownCodes();
  private throttles: ThrottleWatch | undefined;
  /** The most workers that the job had since this one began. */
  private workersMost = 1;

  constructor(
    private readonly deps: WorkerDependencies,
    private readonly input: ShardInput,
    private state: JobState,
  ) {
    this.troubled = state.trouble !== undefined;
    this.counts = new ShownCounts(deps, () => this.judged);
  }

  /** The job as it was at the last look, with the epoch that this worker may speak for. */
  private get judged(): JudgedJob {
    return { ...this.state, epoch: this.input.epoch };
  }

  private get at(): number {
    return this.position?.at ?? 0;
  }

  /** Counts results files that a dead worker wrote and did not count. False when nothing is left to do. */
  async catchUp(): Promise<boolean> {
    const { jobId, shard } = this.input;
    const block = await this.deps.progress.getBlock(jobId, blockOf(shard));
    if (block === undefined || block.sealed || block.done.has(shard)) return false;
    this.codes = new KnownCodes(block.failures, this.state.shards);
    this.position = block.parts.get(shard);
    if (this.position === undefined) return true;
    for (;;) {
      const written = await findPart(this.deps.work, jobId, shard, this.at);
      if (written === undefined) return true;
      const { by, lease } = this.position;
      if (!(await this.count(written, by === undefined || lease === undefined ? undefined : { by, lease })))
        return false;
    }
  }

  async carryOut(): Promise<void> {
    const { deps, input } = this;
    let job: WorkerJob;
    try {
      job = await deps.openJob(input.jobId);
    } catch (error) {
      if (await this.noted(error)) return;
      throw error;
    }
    this.throttles = new ThrottleWatch(job.throttles);
    const lines = await readShard(deps.work, input);
    const taken = takeOver(this.position, { epoch: input.epoch, invocation: deps.invocation }, deps.clock.now());
    if (taken === undefined) return;
    if (!(await deps.progress.setPosition(input.jobId, input.shard, this.position, taken))) return;
    this.position = taken;
    const endLease = deps.clock.every(LEASE_MILLISECONDS / 3, () => this.renewLease());
    const endFresh = this.counts.keepFresh();
    try {
      if (isCondemned(taken)) {
        const crashed = finish(lines[taken.at] ?? '', job.columns, WORKER_CRASHED);
        if (!(await this.countTasks([crashed]))) return;
      }
      while (this.wanted && (await this.onePart(job, lines)));
    } finally {
      endLease();
      endFresh();
      await this.release(released);
    }
    if (!this.wanted) await this.counts.leave();
  }

  /** One part: true when another should follow. */
  private async onePart(job: WorkerJob, lines: readonly string[]): Promise<boolean> {
    const { deps, input } = this;
    const began = deps.clock.now();
    const batch = batchSize(job);
    const suspect = this.position !== undefined && isSuspect(this.position, WINDOW_FACTOR * input.concurrency * batch);
    await this.setRate(job);
    // One task at a time is slow enough for the look at the job to be soon enough.
    const totals = suspect ? undefined : await deps.jobs.getTotals(input.jobId);
    if (totals !== undefined && (await failAtThreshold(deps, this.judged, totals))) return false;
    const probing = totals !== undefined && isProbing(totals, this.judged);
    const ends = Math.min(began + PART_MILLISECONDS, input.deadline);
    const context = { ...job.context, notes: workNotes(deps.work, input.jobId), deadline: input.deadline };
    const { finished, trouble, failure } = await runPart({
      tasks: input.tasks,
      from: this.at,
      most: suspect ? 1 : probing ? PROBING_PART_TASKS : Number.POSITIVE_INFINITY,
      concurrency: input.concurrency,
      // A batch waits for all its tasks' turns at once: with a rate it should not be more than a second's.
      batch: Math.max(1, Math.floor(Math.min(batch, this.rate?.perSecond ?? batch))),
      execute: (from, to) => this.timed(() => carryOut(job, context, tasksOf(input.shard, lines, from, to))),
      goOn: (tasks) => this.goOn(ends, tasks, job),
    });
    if (finished.length > 0 && !(await this.countTasks(finished))) return false;
    if (trouble !== undefined) await this.noted(trouble);
    if (failure !== undefined) return await this.failed(failure.error, finished.length === 0, job.context.signal);
    if (trouble !== undefined || finished.length === 0 || deps.clock.now() + this.slowest >= input.deadline)
      return false;
    await this.lookAtTotals(probing && finished.some(({ succeeded }) => !succeeded));
    return true;
  }

  /** A task that outlasts its worker's whole life is like one that kills it; any other fault is the worker's own. */
  private async failed(error: unknown, nothingCounted: boolean, { aborted }: AbortSignal): Promise<false> {
    if (error instanceof TaskUnfinished) {
      const at = String(this.deps.clock.now());
      await this.deps.work.put(unfinishedKey(this.input.jobId), '', { at });
      await this.gotOn();
      return false;
    }
    // Asked of the signal: its timer and the clock need not agree to the millisecond.
    if (!aborted) throw error;
    if (nothingCounted) await this.release(died);
    return false;
  }

  private async timed(batch: () => Promise<FinishedTask[]>): Promise<FinishedTask[]> {
    const began = this.deps.clock.now();
    const finished = await batch();
    this.slowest = Math.max(this.slowest, this.deps.clock.now() - began);
    return finished;
  }

  private async renewLease(): Promise<void> {
    const seen = this.position;
    if (seen?.by === undefined) return;
    const next = { ...seen, lease: this.deps.clock.now() + LEASE_MILLISECONDS };
    // Best effort: whoever moved the shard on in the meantime renewed the lease with it.
    await this.deps.progress.setPosition(this.input.jobId, this.input.shard, seen, next).catch(() => false);
  }

  /** Whether the part may begin so many more tasks. Looks at the job every three seconds, and keeps to its rate. */
  private goOn(ends: number, tasks: number, job: WorkerJob): boolean | Promise<boolean> {
    const now = this.deps.clock.now();
    if (!this.wanted || now >= ends) return false;
    if (now - this.lastLook >= LOOK_EVERY_MILLISECONDS || this.rate !== undefined) return this.turn(ends, tasks, job);
    return true;
  }

  /** As `goOn`, where it takes time. */
  private async turn(ends: number, tasks: number, job: WorkerJob): Promise<boolean> {
    for (;;) {
      const now = this.deps.clock.now();
      if (now >= ends) return false;
      if (now - this.lastLook >= LOOK_EVERY_MILLISECONDS) {
        if (!(await this.look())) return false;
        await this.setRate(job);
        continue;
      }
      const wait = this.rate?.take(tasks, now) ?? 0;
      if (wait === 0) return true;
      await this.deps.clock.sleep(Math.min(wait, this.lastLook + LOOK_EVERY_MILLISECONDS - now, ends - now));
    }
  }

  private async look(): Promise<boolean> {
    this.lastLook = this.deps.clock.now();
    const state = await this.deps.jobs.getState(this.input.jobId);
    this.wanted = wants(state, this.input.epoch);
    if (state !== undefined) this.state = state;
    // Another worker may have noted one since this one began: what goes on here refutes it too.
    this.troubled = state?.trouble !== undefined;
    return this.wanted;
  }

  /** The worker's part of the job's rate limit, as the job's share and limit now are. */
  private async setRate({ operation }: WorkerJob): Promise<void> {
    const { tasksPerSecond, jobId } = this.state;
    if (tasksPerSecond === undefined) {
      this.rate = undefined;
      return;
    }
    const share = (await this.deps.jobs.getSchedule()).shares[jobId]?.workers ?? 1;
    const { workers } = lanesOf(share, laneNeedsOf(operation, this.state));
    // A share that is cut does not stop those at work: while this one is, it leaves them their parts.
    this.workersMost = Math.max(this.workersMost, workers);
    this.rate ??= new TaskRate(this.deps.clock.now());
    this.rate.perSecond = tasksPerSecond / this.workersMost;
  }

  /** Keeps the totals fresh; a young job's worker that saw failures waits for them, and for what they mean. */
  private async lookAtTotals(waitForThreshold: boolean): Promise<void> {
    if (!waitForThreshold) return await this.counts.afterPart();
    await freshTotals(this.deps, this.judged, this.deps.clock.now());
    await this.look();
  }

  /** Writes the tasks' results and counts them, or what another worker wrote in their place. False: stop. */
  private async countTasks(finished: readonly FinishedTask[]): Promise<boolean> {
    const { jobId, shard } = this.input;
    let rest = finished;
    while (rest.length > 0) {
      const from = this.at;
      const part = await writePart(this.deps.work, { jobId, shard, from }, rest);
      const lease = this.deps.clock.now() + LEASE_MILLISECONDS;
      if (!(await this.count(part, { by: this.name, lease }))) return false;
      // Another worker's part may have been shorter: what is beyond it is a part of its own.
      rest = rest.slice(part.record.end - from);
    }
    return true;
  }

  /** Moves the shard past a part whose results are written. False when the shard is done or sealed: stop. */
  private async count({ record: part, failed }: WrittenPart, worker: NamedWorker | undefined): Promise<boolean> {
    const { jobId, shard, tasks } = this.input;
    const isDone = part.end >= tasks;
    const throttled = this.throttles?.sinceLast();
    const outcome = await this.deps.progress.advance(jobId, {
      shard,
      from: this.at,
      to: part.end,
      done: isDone,
      succeeded: part.succeeded,
      failed: part.failed,
      ...(part.failed === 0 ? {} : { failures: groupFailures(failed, this.codes) }),
      ...(throttled === undefined ? {} : { throttled }),
      ...(worker === undefined ? {} : { worker }),
    });
    if (outcome === 'conflict') throw new Error(`shard ${shard} of job ${jobId} stands before task ${this.at}`);
    if (outcome === 'sealed') return this.leave();
    if (outcome === 'behind') return await this.findPlace();
    this.position = { ...this.position, at: part.end };
    this.counts.counted();
    await this.gotOn();
    if (!isDone) return true;
    await this.counts.refresh(SUM_EVERY_MILLISECONDS);
    return this.leave();
  }

  /** Looks where the shard stands after somebody moved it: this worker itself, in a request that was repeated, or another. */
  private async findPlace(): Promise<boolean> {
    const { jobId, shard } = this.input;
    const block = await this.deps.progress.getBlock(jobId, blockOf(shard));
    const now = block?.parts.get(shard);
    if (now?.by !== this.name) return this.leave();
    this.position = now;
    return true;
  }

  /** The shard is not this worker's any more: there is nothing to release. */
  private leave(): false {
    this.position = undefined;
    return false;
  }

  /** The job moves: a trouble that it shows is over. A task may have taken longer than the last look is good for. */
  private async gotOn(): Promise<void> {
    if (this.deps.clock.now() - this.lastLook >= LOOK_EVERY_MILLISECONDS) await this.look();
    if (!this.troubled) return;
    this.troubled = false;
    await clearTrouble(this.deps, this.input.jobId);
  }

  /** Shows a cause that concerns the whole job. False for what is none. */
  private async noted(error: unknown): Promise<boolean> {
    if (!(error instanceof JobTrouble)) return false;
    const { jobId, epoch } = this.input;
    await noteTrouble(this.deps, jobId, epoch, { FailureCode: error.code, FailureReason: error.message });
    return true;
  }

  /** Says that nobody is at work on the shard: the next worker need not suspect a crash. */
  private async release(how: (position: ShardPosition) => ShardPosition): Promise<void> {
    const { jobId, shard } = this.input;
    if (this.position?.by !== this.name) return;
    const next = how(this.position);
    await this.deps.progress.setPosition(jobId, shard, this.position, next);
    this.position = next;
  }

  private get name(): string {
    return workerName(this.input.epoch, this.deps.invocation);
  }
}
