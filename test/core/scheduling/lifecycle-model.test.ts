import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiContext } from '../../../core/api/context.ts';
import { pauseJob, resumeJob } from '../../../core/api/pause-job.ts';
import { updateJobPriority } from '../../../core/api/update-job-priority.ts';
import { updateJobStatus } from '../../../core/api/update-job-status.ts';
import type { EngineDependencies } from '../../../core/engine/dependencies.ts';
import { moveJob } from '../../../core/engine/job-changes.ts';
import { initialState } from '../../../core/job/initial-state.ts';
import type { JobState } from '../../../core/job/records.ts';
import { hasEnded, type JobStatus, stageOf } from '../../../core/job/status.ts';
import { schedule } from '../../../core/scheduling/schedule.ts';
import { sweep } from '../../../core/scheduling/sweep.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';
import { MemoryProgressStore } from '../../support/memory-progress-store.ts';
import { MemoryWorkStore } from '../../support/memory-work-store.ts';

/** Jobs that have a worker at once. */
const CAPACITY = 2;
const DAY = 86_400_000;

/** What a simple mind thinks of a job: those that may run are told apart only when everything has settled. */
type Phase = 'New' | 'Preparing' | 'Suspended' | 'runnable' | 'Completing' | 'Cancelling' | 'ended';

interface ModelJob {
  readonly id: string;
  readonly confirm: boolean;
  phase: Phase;
  priority: number;
  held: boolean;
  suspendedAt: number;
}

interface Model {
  readonly jobs: ModelJob[];
  months: number;
}

const PHASES: Readonly<Record<JobStatus, Phase>> = {
  New: 'New',
  Preparing: 'Preparing',
  Suspended: 'Suspended',
  Ready: 'runnable',
  Active: 'runnable',
  Pausing: 'runnable',
  Paused: 'runnable',
  Completing: 'Completing',
  Failing: 'Completing',
  Cancelling: 'Cancelling',
  Complete: 'ended',
  Cancelled: 'ended',
  Failed: 'ended',
};

/** The real core: API, scheduler and sweeper over stores in memory; what machines do is a command. */
class Core {
  readonly jobs = new MemoryJobStore();
  readonly started = new Set<string>();
  readonly told: string[] = [];
  now = Date.parse('2026-01-01T00:00:00Z');
  /** Side effects until the call that is under way dies. */
  lives = Number.POSITIVE_INFINITY;

  /** Where all writes go: the one that comes when no life is left dies, and is not done. */
  private readonly mortal = new Proxy(this.jobs, {
    get: (jobs, name) => {
      const value: unknown = Reflect.get(jobs, name);
      if (typeof value !== 'function') return value;
      const writes = /^(update|put|close|create|raise|delete)/.test(String(name));
      return async (...input: unknown[]) => {
        if (writes) this.effect();
        return await (value as (...input: unknown[]) => Promise<unknown>).apply(jobs, input);
      };
    },
  });

  readonly context = {
    jobs: this.mortal,
    callScheduler: async () => undefined,
    clock: () => new Date(this.now),
    identity: { account: '000000000000', region: 'us-east-1', partition: 'aws' },
    jobRoles: ['*'],
  } as ApiContext;

  private effect(): void {
    if (this.lives <= 0) throw new Error('died');
    this.lives -= 1;
  }

  get engine(): EngineDependencies {
    const clock = {
      now: () => this.now,
      sleep: async (milliseconds: number) => {
        this.now += milliseconds;
      },
      every: () => () => undefined,
    };
    const stores = { jobs: this.mortal, progress: new MemoryProgressStore(), work: new MemoryWorkStore() };
    return { ...stores, clock, log: () => undefined, callScheduler: async () => undefined };
  }

  async schedule(jobId?: string): Promise<void> {
    const executions = {
      start: async (id: string, stage: string, epoch: number) => {
        this.effect();
        this.started.add(`${id} ${stage} ${epoch}`);
      },
      stop: async () => this.effect(),
      status: async (id: string, stage: string, epoch: number) =>
        this.started.has(`${id} ${stage} ${epoch}`) ? ('running' as const) : ('absent' as const),
      setConcurrency: async () => this.effect(),
    };
    const tell = async (id: string, changes: readonly { readonly status?: string }[]): Promise<string[]> => {
      this.effect();
      for (const { status } of changes) this.told.push(`${id} ${status}`);
      return [];
    };
    const operation = () => ({ concurrency: 1, invokesFunctions: false });
    const deps = { ...this.engine, executions, tell, maxConcurrentWorkers: CAPACITY, operation };
    await schedule(deps, jobId);
    if (jobId === undefined) {
      const callScheduler = async (id?: string): Promise<void> => void (id !== undefined && (await schedule(deps, id)));
      await sweep({ ...deps, callScheduler, accountConcurrency: async () => 1_000 });
    }
  }

  /** A call that may die on the way; its caller, if it was the API's, may see an error and has to ask again. */
  async dying(lives: number, call: () => Promise<unknown>): Promise<void> {
    this.lives = lives;
    await call().catch(() => undefined);
    this.lives = Number.POSITIVE_INFINITY;
  }

  async state(id: string): Promise<JobState> {
    const state = await this.jobs.getState(id);
    if (state === undefined) throw new Error(`there is no job ${id}`);
    return state;
  }
}

type Command = fc.AsyncCommand<Model, Core>;

/** After each command the core thinks of each job as the model does, and never has more active jobs than it may. */
async function agree(model: Model, core: Core): Promise<void> {
  let active = 0;
  for (const job of model.jobs) {
    const { status, priority, held } = await core.state(job.id);
    expect({ id: job.id, phase: PHASES[status], priority, held: held !== undefined }).toEqual({
      id: job.id,
      phase: job.phase,
      priority: job.priority,
      held: job.held,
    });
    if (status === 'Active') active += 1;
  }
  expect(active).toBeLessThanOrEqual(CAPACITY);
}

function command(
  name: string,
  mayRun: (model: Model) => boolean,
  run: (model: Model, core: Core) => Promise<void>,
): Command {
  return {
    check: (model) => mayRun(model),
    run: async (model, core) => {
      await run(model, core);
      await agree(model, core);
    },
    toString: () => name,
  };
}

/** Priorities never are equal: who is served first then is no question. */
const priorityOf = (level: number, index: number): number => level * 100 + index;

const pick = (model: Model, at: number): ModelJob | undefined => model.jobs[at % Math.max(1, model.jobs.length)];

/** A command for one of the jobs that are there. */
function onJob(name: string, run: (job: ModelJob, core: Core) => Promise<void>) {
  return fc.nat({ max: 5 }).map((at) =>
    command(
      `${name} ${at}`,
      (model) => model.jobs.length > 0,
      async (model, core) => {
        const job = pick(model, at);
        if (job !== undefined) await run(job, core);
      },
    ),
  );
}

const create = fc.tuple(fc.boolean(), fc.nat({ max: 9 })).map(([confirm, level]) =>
  command(
    `create(${confirm}, ${level})`,
    (model) => model.jobs.length < 6,
    async (model, core) => {
      const id = `job-${model.jobs.length}`;
      const priority = priorityOf(level, model.jobs.length);
      const request = {
        ConfirmationRequired: confirm,
        Operation: { S3PutObjectTagging: { TagSet: [] } },
        Report: { Enabled: false },
        ClientRequestToken: id,
        Priority: priority,
        RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
      };
      const stored = { jobId: id, hash: id, createdAt: new Date(core.now).toISOString(), request };
      await core.jobs.createJob(stored, { ...initialState(stored), shards: 1 }, []);
      model.jobs.push({ id, confirm, phase: 'New', priority, held: false, suspendedAt: 0 });
    },
  ),
);

/** A job whose manifest has been read. */
const createReady = create.map((one) =>
  command(
    `ready ${one}`,
    (model) => one.check(model) === true,
    async (model, core) => {
      await one.run(model, core);
      const job = model.jobs.at(-1);
      if (job === undefined) return;
      for (const to of ['Preparing', 'Ready'] as const) await moveJob(core.engine, job.id, 1, to);
      job.phase = 'runnable';
    },
  ),
);

/** A request of a caller: what it answers, and what it does, is what the model expects of it. */
const cancel = onJob('cancel', async (job, core) => {
  const asked = updateJobStatus({ JobId: job.id, RequestedJobStatus: 'Cancelled' }, core.context);
  if (job.phase === 'ended' || job.phase === 'Completing') return await expect(asked).rejects.toThrow('is');
  await asked;
  job.held = false;
  job.phase = job.phase === 'Suspended' ? 'ended' : 'Cancelling';
});

const confirm = onJob('confirm', async (job, core) => {
  const asked = updateJobStatus({ JobId: job.id, RequestedJobStatus: 'Ready' }, core.context);
  if (job.phase !== 'Suspended') return await expect(asked).rejects.toThrow('is');
  await asked;
  job.phase = 'runnable';
});

const MAY_BE_HELD: readonly Phase[] = ['New', 'Preparing', 'Suspended', 'runnable'];

const pause = onJob('pause', async (job, core) => {
  const asked = pauseJob({ JobId: job.id }, core.context);
  if (!MAY_BE_HELD.includes(job.phase)) return await expect(asked).rejects.toThrow('is');
  await asked;
  job.held = true;
});

const resume = onJob('resume', async (job, core) => {
  const asked = resumeJob({ JobId: job.id }, core.context);
  if (!MAY_BE_HELD.includes(job.phase)) return await expect(asked).rejects.toThrow('is');
  await asked;
  job.held = false;
});

const prioritize = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 9 })).map(([at, level]) =>
  command(
    `prioritize(${at}, ${level})`,
    (model) => model.jobs.length > 0,
    async (model, core) => {
      const job = pick(model, at);
      if (job === undefined) return;
      const Priority = priorityOf(level, model.jobs.indexOf(job));
      const asked = updateJobPriority({ JobId: job.id, Priority }, core.context);
      if (job.phase === 'ended') return await expect(asked).rejects.toThrow('is');
      await asked;
      job.priority = Priority;
    },
  ),
);

/** The machine of a job's stage gets one step on, if its execution was started. */
const step = onJob('step', async (job, core) => {
  const { status, epoch } = await core.state(job.id);
  const stage = stageOf(status);
  if (stage === undefined || !core.started.has(`${job.id} ${stage} ${epoch}`)) return;
  const next: Partial<Record<JobStatus, JobStatus>> = {
    New: 'Preparing',
    Preparing: job.confirm ? 'Suspended' : 'Ready',
    Active: 'Completing',
    Completing: 'Complete',
    Cancelling: 'Cancelled',
  };
  const to = next[status];
  if (to === undefined) return;
  expect(await moveJob(core.engine, job.id, epoch, to)).toBeDefined();
  job.phase = PHASES[to];
  if (to === 'Suspended') job.suspendedAt = core.now;
  if (!MAY_BE_HELD.includes(job.phase)) job.held = false;
});

const call = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 12 })).map(([at, lives]) =>
  command(
    `call the scheduler for ${at}, which dies after ${lives}`,
    (model) => model.jobs.length > 0,
    async (model, core) => {
      const job = pick(model, at);
      await core.dying(lives, () => core.schedule(job?.id));
    },
  ),
);

/** Everything comes to rest; then it is known exactly which jobs are served. */
const settle = fc.constant(
  command(
    'settle',
    () => true,
    async (model, core) => {
      for (let round = 0; round < 3; round += 1) {
        await core.schedule();
        core.now += 61_000;
      }
      await core.schedule();
      const runnable = model.jobs.filter(({ phase, held }) => phase === 'runnable' && !held);
      const served = [...runnable].sort((a, b) => b.priority - a.priority).slice(0, CAPACITY);
      for (const job of model.jobs) {
        const { status, epoch, outbox } = await core.state(job.id);
        const stage = stageOf(status);
        if (stage !== undefined) expect(core.started).toContain(`${job.id} ${stage} ${epoch}`);
        if (job.phase === 'runnable') {
          expect([job.id, served.includes(job) ? 'Active' : 'waits']).toEqual([
            job.id,
            status === 'Ready' || status === 'Paused' ? 'waits' : status,
          ]);
        }
        // All that happened was told, and what has ended is closed.
        expect(outbox).toBeUndefined();
        expect(core.told).toContain(`${job.id} ${status}`);
        expect(core.jobs.open.has(job.id)).toBe(!hasEnded(status));
      }
    },
  ),
);

const month = fc.constant(
  command(
    'thirty-one days',
    // After ninety days ended jobs are deleted, which is another story.
    (model) => model.jobs.length > 0 && model.months < 2,
    async (model, core) => {
      model.months += 1;
      core.now += 31 * DAY;
      await core.schedule();
      for (const job of model.jobs) {
        if (job.phase !== 'Suspended' || core.now - job.suspendedAt <= 30 * DAY) continue;
        job.phase = 'ended';
        job.held = false;
        expect((await core.state(job.id)).failureReasons).toMatchObject([{ FailureCode: 'JobExpired' }]);
      }
    },
  ),
);

test('jobs live as a simple model says, whatever is asked of them and wherever the scheduler dies', async () => {
  const commands = fc.commands(
    [
      create,
      createReady,
      createReady,
      cancel,
      confirm,
      pause,
      resume,
      prioritize,
      step,
      step,
      step,
      call,
      call,
      settle,
      settle,
      month,
    ],
    { maxCommands: 80, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      const setup = () => {
        return { model: { jobs: [], months: 0 }, real: new Core() };
      };
      await fc.asyncModelRun(setup, all);
    }),
    { numRuns: 300 },
  );
});
