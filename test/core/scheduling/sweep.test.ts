import { describe, expect, test } from '@jest/globals';
import { initialState } from '../../../core/job/initial-state.ts';
import type { JobState, StoredRequest } from '../../../core/job/records.ts';
import { type SweeperDependencies, sweep } from '../../../core/scheduling/sweep.ts';
import type { ExecutionStatus } from '../../../core/stores/executions.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';
import { MemoryProgressStore } from '../../support/memory-progress-store.ts';
import { MemoryWorkStore } from '../../support/memory-work-store.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00Z');

class Bench {
  readonly jobs = new MemoryJobStore();
  readonly progress = new MemoryProgressStore();
  readonly work = new MemoryWorkStore();
  readonly clock = new VirtualTime(START);
  readonly logged: string[] = [];
  /** Jobs that the scheduler was called for; undefined: for all. */
  called: (string | undefined)[] = [];
  execution: (jobId: string, name: string) => ExecutionStatus = () => 'running';
  accountConcurrency: () => Promise<number> = async () => 1_000;

  stored(jobId: string): StoredRequest {
    return {
      jobId,
      hash: jobId,
      createdAt: new Date(START).toISOString(),
      request: {
        Operation: { S3PutObjectTagging: { TagSet: [] } },
        Report: { Enabled: false },
        ClientRequestToken: jobId,
        Priority: 3,
        RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
        Tags: [{ Key: 'team', Value: 'a' }],
      },
    };
  }

  async add(jobId: string, changes: Partial<JobState>): Promise<void> {
    const stored = this.stored(jobId);
    await this.jobs.createJob(stored, { ...initialState(stored), ...changes }, []);
  }

  async sweep(): Promise<void> {
    this.called = [];
    const deps: SweeperDependencies = {
      jobs: this.jobs,
      progress: this.progress,
      work: this.work,
      clock: this.clock,
      log: (message, details) => void this.logged.push(`${message} ${JSON.stringify(details)}`),
      callScheduler: async (jobId) => void this.called.push(jobId),
      executions: {
        start: () => Promise.reject(new Error('only the scheduler starts')),
        stop: () => Promise.reject(new Error('only the scheduler stops')),
        setConcurrency: () => Promise.reject(new Error('only the scheduler decides')),
        status: async (jobId, stage, epoch) => this.execution(jobId, `${stage}-${epoch}`),
      },
      accountConcurrency: () => this.accountConcurrency(),
    };
    await sweep(deps);
  }

  async epoch(jobId: string): Promise<number | undefined> {
    return (await this.jobs.getState(jobId))?.epoch;
  }
}

describe('a job whose execution', () => {
  test.each([
    ['New', 'prepare'],
    ['Preparing', 'prepare'],
    ['Active', 'run'],
    ['Cancelling', 'report'],
  ] as const)('is not there while it is %s is given it by the scheduler', async (status, stage) => {
    const bench = new Bench();
    await bench.add('j', { status, epoch: 4 });
    bench.execution = (_, name) => (name === `${stage}-4` ? 'absent' : 'running');
    await bench.sweep();
    expect(bench.called).toEqual(['j', undefined]);
    expect(await bench.epoch('j')).toBe(4);
  });

  test('runs is left alone', async () => {
    const bench = new Bench();
    await bench.add('j', { status: 'Active', epoch: 4 });
    await bench.clock.sleep(DAY);
    await bench.sweep();
    expect(bench.called).toEqual([undefined]);
    expect(await bench.epoch('j')).toBe(4);
  });

  test('has ended is given the next epoch, once, after a minute in which the job did not move', async () => {
    const bench = new Bench();
    await bench.add('j', { status: 'Active', epoch: 4 });
    bench.execution = (_, name) => (name === 'run-4' ? 'ended' : 'running');
    await bench.clock.sleep(MINUTE - 1);
    await bench.sweep();
    expect([await bench.epoch('j'), bench.called]).toEqual([4, [undefined]]);
    await bench.clock.sleep(1);
    await bench.sweep();
    expect([await bench.epoch('j'), bench.called]).toEqual([5, ['j', undefined]]);
    await bench.sweep();
    expect([await bench.epoch('j'), bench.called]).toEqual([5, [undefined]]);
  });

  test('has ended is left alone while its workers still count', async () => {
    const bench = new Bench();
    await bench.add('j', { status: 'Active', epoch: 4 });
    bench.execution = () => 'ended';
    await bench.clock.sleep(10 * MINUTE);
    const summedAt = bench.clock.now() - MINUTE + 1;
    await bench.jobs.raiseTotals('j', { succeeded: 1, failed: 0, shardsDone: 0, summedAt });
    await bench.sweep();
    expect(await bench.epoch('j')).toBe(4);
    await bench.clock.sleep(1);
    await bench.sweep();
    expect(await bench.epoch('j')).toBe(5);
  });

  test.each(['Suspended', 'Ready', 'Paused', 'Pausing'] as const)(
    'nobody expects, for it is %s, is not missed',
    async (status) => {
      const bench = new Bench();
      await bench.add('j', { status, epoch: 4 });
      bench.execution = () => 'absent';
      await bench.clock.sleep(DAY);
      await bench.sweep();
      expect([await bench.epoch('j'), bench.called]).toEqual([4, [undefined]]);
    },
  );
});

describe('a job that waits for confirmation', () => {
  test('fails after thirty days, and not before', async () => {
    const bench = new Bench();
    await bench.add('j', { status: 'Suspended' });
    await bench.clock.sleep(30 * DAY);
    await bench.sweep();
    expect((await bench.jobs.getState('j'))?.status).toBe('Suspended');
    await bench.clock.sleep(1);
    await bench.sweep();
    const endedAt = new Date(bench.clock.now()).toISOString();
    expect(await bench.jobs.getState('j')).toMatchObject({
      status: 'Failed',
      endedAt,
      failureReasons: [{ FailureCode: 'JobExpired' }],
    });
    expect(bench.called).toEqual([undefined]);
  });
});

describe('what was cut short', () => {
  test('a creation is completed after a minute', async () => {
    const bench = new Bench();
    bench.jobs.open.add('j');
    bench.jobs.requests.set('j', bench.stored('j'));
    await bench.clock.sleep(MINUTE - 1);
    await bench.sweep();
    expect(await bench.jobs.getState('j')).toBeUndefined();
    await bench.clock.sleep(1);
    await bench.sweep();
    expect(await bench.jobs.getJob('j')).toMatchObject({
      state: { status: 'New', priority: 3 },
      tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(bench.called).toEqual(['j', undefined]);
  });

  test('a creation that left no request is no job', async () => {
    const bench = new Bench();
    bench.jobs.open.add('j');
    await bench.clock.sleep(DAY);
    await bench.sweep();
    expect([bench.jobs.states.size, bench.logged]).toEqual([0, []]);
  });
});

describe('a job that ended ninety days ago', () => {
  async function ended(bench: Bench, jobId: string): Promise<void> {
    const endedAt = new Date(START).toISOString();
    await bench.add(jobId, { status: 'Complete', endedAt });
    await bench.jobs.closeJob(jobId, endedAt);
    await bench.progress.createBlock(jobId, 0);
    await bench.work.put(`jobs/${jobId}/plan.json`, '{}');
  }

  test('goes whole, and not a day before', async () => {
    const bench = new Bench();
    await ended(bench, 'old');
    await bench.work.put('jobs/other/plan.json', '{}');
    await bench.clock.sleep(90 * DAY);
    await bench.sweep();
    expect(await bench.jobs.getJob('old')).toBeDefined();
    await bench.clock.sleep(1);
    await bench.sweep();
    expect(await bench.jobs.getJob('old')).toBeUndefined();
    expect(await bench.progress.listBlocks('old')).toEqual([]);
    expect([...bench.work.objects.keys()]).toEqual(['jobs/other/plan.json']);
    expect(bench.jobs.closed.size).toBe(0);
  });

  test('is found again when its deletion was cut short, and does not hold the others', async () => {
    const bench = new Bench();
    await ended(bench, 'a');
    await ended(bench, 'b');
    await bench.clock.sleep(91 * DAY);
    const { progress } = bench;
    const deleteBlocks = progress.deleteBlocks.bind(progress);
    progress.deleteBlocks = async (jobId) => {
      if (jobId === 'a') throw new Error('throttled');
      await deleteBlocks(jobId);
    };
    await bench.sweep();
    expect([...bench.jobs.closed.keys()]).toEqual(['a']);
    progress.deleteBlocks = deleteBlocks;
    await bench.sweep();
    expect([bench.jobs.closed.size, bench.jobs.requests.size]).toEqual([0, 0]);
  });
});

describe('each minute', () => {
  test("one job's error does not keep the others, nor the scheduler, from theirs", async () => {
    const bench = new Bench();
    for (const jobId of ['a', 'b', 'c']) await bench.add(jobId, { status: 'Active', epoch: 2 });
    bench.execution = (jobId) => {
      if (jobId === 'a') throw new Error('no answer');
      return 'absent';
    };
    await bench.sweep();
    expect(bench.called).toEqual(['b', 'c', undefined]);
    expect(bench.logged).toEqual([expect.stringContaining('sweep job a')]);
  });

  test.each([
    [10, 6],
    [1_000, 900],
    [4, 1],
  ])('the capacity is measured: of %i executions %i are workers', async (account, workers) => {
    const bench = new Bench();
    bench.accountConcurrency = async () => account;
    await bench.sweep();
    expect(await bench.jobs.getCapacity()).toBe(workers);
  });

  test('what cannot be measured stays as it was, and nothing else is kept from its turn', async () => {
    const bench = new Bench();
    await bench.jobs.putCapacity(77);
    await bench.add('j', { status: 'Active', epoch: 2 });
    bench.execution = () => 'absent';
    bench.accountConcurrency = () => Promise.reject(new Error('no answer'));
    await bench.sweep();
    expect([await bench.jobs.getCapacity(), bench.called]).toEqual([77, ['j', undefined]]);
  });
});
