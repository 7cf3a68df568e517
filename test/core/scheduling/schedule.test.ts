import { describe, expect, test } from '@jest/globals';
import { initialState } from '../../../core/job/initial-state.ts';
import type { JobState } from '../../../core/job/records.ts';
import type { JobStatus } from '../../../core/job/status.ts';
import { type SchedulerDependencies, schedule } from '../../../core/scheduling/schedule.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

/** Jobs of a thousand shards each on a capacity of 6, and what the scheduler does with their executions. */
class Bench {
  readonly jobs = new MemoryJobStore();
  readonly done: string[] = [];
  now = START;
  sleeps = 0;
  maxConcurrentWorkers = 6;
  operation = { concurrency: 1, invokesFunctions: false };
  /** Happens while the scheduler sleeps. */
  meanwhile: () => Promise<void> = async () => undefined;

  async add(jobId: string, status: JobStatus, priority: number): Promise<void> {
    const createdAt = new Date(START).toISOString();
    const request = {
      Operation: { S3PutObjectTagging: { TagSet: [] } },
      Report: { Enabled: false },
      ClientRequestToken: jobId,
      Priority: priority,
      RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
    };
    const stored = { jobId, hash: jobId, createdAt, request };
    const state: JobState = { ...initialState(stored), status, shards: 1_000 };
    await this.jobs.createJob(stored, state, []);
  }

  async statuses(): Promise<Record<string, JobStatus>> {
    const states = await this.jobs.getStates([...this.jobs.open]);
    return Object.fromEntries(states.map(({ jobId, status }) => [jobId, status]));
  }

  async schedule(jobId?: string): Promise<void> {
    const deps: SchedulerDependencies = {
      jobs: this.jobs,
      clock: {
        now: () => this.now,
        sleep: async (milliseconds) => {
          this.sleeps += 1;
          this.now += milliseconds;
          await this.meanwhile();
        },
        every: () => () => undefined,
      },
      log: () => undefined,
      executions: {
        start: async (job, stage, epoch) => void this.done.push(`start ${job} ${stage} ${epoch}`),
        stop: async (job, stage, epoch) => void this.done.push(`stop ${job} ${stage} ${epoch}`),
        status: async () => 'running',
        setConcurrency: async (job, _, __, workers) => void this.done.push(`set ${job} ${workers}`),
      },
      maxConcurrentWorkers: this.maxConcurrentWorkers,
      operation: () => this.operation,
    };
    await schedule(deps, jobId);
  }
}

describe('a job of higher priority', () => {
  test('begins only when the workers of the one that it takes the place of have ended', async () => {
    const bench = new Bench();
    await bench.add('low', 'Ready', 1);
    await bench.schedule();
    expect(bench.done.splice(0)).toEqual(['start low run 2']);
    await bench.add('high', 'Ready', 2);
    bench.meanwhile = async () => {
      if (bench.sleeps === 1) expect(await bench.statuses()).toEqual({ low: 'Pausing', high: 'Ready' });
    };
    await bench.schedule();
    expect(bench.done).toEqual(['stop low run 2', 'start high run 2']);
    expect(await bench.statuses()).toEqual({ low: 'Paused', high: 'Active' });
    expect(bench.now - START).toBeGreaterThanOrEqual(3_000);
  });

  test('is waited for by the call that began the pause, and by no other', async () => {
    const bench = new Bench();
    await bench.add('low', 'Ready', 1);
    await bench.schedule();
    await bench.add('high', 'Ready', 2);
    bench.meanwhile = async () => {
      if (bench.sleeps !== 1) return;
      // Another change of a job, in the middle of the pause.
      bench.now -= 2_000;
      bench.meanwhile = async () => undefined;
      await bench.schedule('high');
      expect(bench.sleeps).toBe(1);
      bench.now += 2_000;
    };
    await bench.schedule();
    expect(await bench.statuses()).toEqual({ low: 'Paused', high: 'Active' });
  });

  test('waits too when another call has just begun the pause', async () => {
    const bench = new Bench();
    await bench.add('low', 'Ready', 1);
    await bench.schedule();
    await bench.add('high', 'Ready', 2);
    const { jobs } = bench;
    const updateState = jobs.updateState.bind(jobs);
    jobs.updateState = async (next) => {
      // Both calls saw low Active; the other one is quicker, by a millisecond.
      jobs.updateState = updateState;
      const statusSince = new Date(bench.now - 1).toISOString();
      expect(await updateState({ ...next, statusSince })).toBe(true);
      return await updateState(next);
    };
    await bench.schedule();
    expect(await bench.statuses()).toEqual({ low: 'Pausing', high: 'Ready' });
    expect(bench.sleeps).toBe(1);
  });

  test('gets the workers by a later call when the one that began the pause died', async () => {
    const bench = new Bench();
    await bench.add('low', 'Ready', 1);
    await bench.schedule();
    await bench.add('high', 'Ready', 2);
    bench.meanwhile = async () => {
      throw new Error('died');
    };
    await expect(bench.schedule()).rejects.toThrow('died');
    expect(await bench.statuses()).toEqual({ low: 'Pausing', high: 'Ready' });
    bench.meanwhile = async () => undefined;
    await bench.schedule();
    expect(await bench.statuses()).toEqual({ low: 'Paused', high: 'Active' });
  });
});

test('a paused job is served again when the one before it has ended', async () => {
  const bench = new Bench();
  await bench.add('low', 'Paused', 1);
  await bench.schedule();
  expect(await bench.statuses()).toEqual({ low: 'Active' });
});

test('equals share, and the one that had all gives up a half at once', async () => {
  const bench = new Bench();
  await bench.add('a', 'Ready', 1);
  await bench.schedule();
  await bench.add('b', 'Ready', 1);
  await bench.schedule();
  expect(bench.done).toEqual(['start a run 2', 'set a 3', 'start b run 2']);
});

test('calls of functions count against a share: a Map run is given workers, not the share', async () => {
  const bench = new Bench();
  bench.jobs.capacity = 100;
  bench.maxConcurrentWorkers = 100;
  bench.operation = { concurrency: 16, invokesFunctions: true };
  await bench.add('a', 'Ready', 1);
  await bench.schedule();
  await bench.add('b', 'Ready', 1);
  await bench.schedule();
  // Fifty invocations are two workers with sixteen calls each, and some to spare.
  expect(bench.done).toContain('set a 2');
});

test('a decision that another call has overtaken is not applied', async () => {
  const bench = new Bench();
  await bench.add('low', 'Ready', 1);
  const { jobs } = bench;
  const putSchedule = jobs.putSchedule.bind(jobs);
  jobs.putSchedule = async (next) => {
    jobs.putSchedule = putSchedule;
    await bench.add('high', 'Ready', 2);
    await bench.schedule();
    return await putSchedule(next);
  };
  await bench.schedule();
  expect(bench.done.filter((act) => act.includes('low'))).toEqual([]);
  expect(await bench.statuses()).toEqual({ low: 'Ready', high: 'Active' });
});
