import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { initialState } from '../../../core/job/initial-state.ts';
import type { Schedule } from '../../../core/job/records.ts';
import type { JobStatus } from '../../../core/job/status.ts';
import { schedule } from '../../../core/scheduling/schedule.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const CAPACITY = 6;

interface PlannedJob {
  readonly status: JobStatus;
  readonly priority: number;
  readonly shards: number;
}

/** Jobs, what the schedulers decided about them, and what they started. */
class Bench {
  readonly jobs = new MemoryJobStore();
  readonly clock = new VirtualTime(START);
  readonly decisions: Schedule[] = [];
  started = 0;

  constructor(private readonly planned: readonly PlannedJob[]) {
    const { jobs } = this;
    const putSchedule = jobs.putSchedule.bind(jobs);
    jobs.putSchedule = async (next) => {
      const took = await putSchedule(next);
      if (took) this.decisions.push(next);
      return took;
    };
  }

  async create(): Promise<void> {
    for (const [index, { priority, shards }] of this.planned.entries()) {
      const request = {
        Operation: { S3PutObjectTagging: { TagSet: [] } },
        Report: { Enabled: false },
        ClientRequestToken: `j${index}`,
        Priority: priority,
        RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
      };
      const stored = { jobId: `j${index}`, hash: 'h', createdAt: new Date(START).toISOString(), request };
      await this.jobs.createJob(stored, { ...initialState(stored), status: 'Preparing', shards }, []);
    }
  }

  /** The jobs of these statuses come into the contest, one after the other. */
  async arrive(statuses: readonly JobStatus[], through: () => Promise<unknown> = async () => undefined): Promise<void> {
    for (const [index, { status }] of this.planned.entries()) {
      await through();
      const state = this.jobs.states.get(`j${index}`)!;
      if (statuses.includes(status) && state.status === 'Preparing') {
        await this.jobs.updateState({ ...state, status, version: state.version + 1 });
      }
    }
  }

  /** One call of the scheduler; `through` comes before each of its calls of the store. */
  async schedule(through: () => Promise<unknown>): Promise<void> {
    const jobs = new Proxy(this.jobs, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          await through();
          return await Reflect.apply(member, target, args);
        };
      },
    });
    await schedule({
      jobs,
      clock: this.clock,
      log: (message) => {
        throw new Error(message);
      },
      executions: {
        start: async (jobId, _, epoch) => this.expectToBeRun(jobId, epoch),
        stop: async () => undefined,
        status: async () => 'running',
        setConcurrency: async () => undefined,
      },
      maxConcurrentWorkers: CAPACITY,
      operation: () => ({ concurrency: 1, invokesFunctions: false }),
    });
  }

  /** An execution is its job and epoch by name: it is started for an epoch that the job has come to, and so once. */
  private expectToBeRun(jobId: string, epoch: number): void {
    expect(this.jobs.states.get(jobId)?.epoch).toBeGreaterThanOrEqual(epoch);
    this.started += 1;
  }

  expectGoodDecisions(): void {
    for (const { shares } of this.decisions) {
      const workers = Object.values(shares).map((share) => share.workers);
      expect(workers.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(CAPACITY);
    }
    expect(this.started).toBeGreaterThan(0);
  }

  /** The jobs that have workers; the others wait, Ready or Paused. */
  active(): string[] {
    return [...this.jobs.states.values()].filter(({ status }) => status === 'Active').map(({ jobId }) => jobId);
  }

  /** A job that has workers while one of higher priority has none. */
  overtaken(): string[] {
    const states = [...this.jobs.states.values()];
    const waiting = states.filter(({ status }) => status === 'Ready' || status === 'Paused');
    const best = Math.max(...waiting.map(({ priority }) => priority));
    return states.filter(({ status, priority }) => status === 'Active' && priority < best).map(({ jobId }) => jobId);
  }
}

const plannedJobs = fc.array(
  fc.record({
    status: fc.constantFrom<JobStatus>('Ready', 'Paused', 'Ready'),
    priority: fc.integer({ min: 1, max: 3 }),
    shards: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 1, maxLength: 8 },
);

test('two schedulers at once never give more than there is, start nothing twice, and end where one does', async () => {
  await fc.assert(
    fc.asyncProperty(plannedJobs, fc.scheduler(), async (planned, scheduler) => {
      const both = new Bench(planned);
      await both.create();
      await both.arrive(['Paused']);
      await both.schedule(async () => undefined);
      const interleaved = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
      const changes = async (): Promise<void> => {
        await both.arrive(['Ready'], interleaved);
        await both.schedule(interleaved);
      };
      await scheduler.waitFor(Promise.all([both.schedule(interleaved), changes()]));
      // A call may have applied what another had decided anew by then: the sweeper's next one puts that right.
      await both.schedule(async () => undefined);
      both.expectGoodDecisions();

      const one = new Bench(planned);
      await one.create();
      await one.arrive(['Paused']);
      await one.schedule(async () => undefined);
      await one.arrive(['Ready']);
      await one.schedule(async () => undefined);
      expect(both.active()).toEqual(one.active());
      expect(both.overtaken()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
