import { describe, expect, test } from '@jest/globals';
import type { After } from '../../../core/job/after.ts';
import { initialState } from '../../../core/job/initial-state.ts';
import type { JobState } from '../../../core/job/records.ts';
import type { ReportRequest } from '../../../core/job/request.ts';
import type { JobStatus } from '../../../core/job/status.ts';
import { schedule } from '../../../core/scheduling/schedule.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

interface Former {
  readonly status: JobStatus;
  readonly tasks?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly scope?: ReportRequest['ReportScope'];
}

/** A job that waits for others, and what the scheduler starts. */
class Chain {
  readonly jobs = new MemoryJobStore();
  readonly started: string[] = [];

  async former(jobId: string, { status, tasks, succeeded = 0, failed = 0, scope }: Former): Promise<void> {
    const report = { Enabled: true, ...(scope === undefined ? {} : { ReportScope: scope }) };
    await this.add(jobId, { status, ...(tasks === undefined ? {} : { totalTasks: tasks }) }, undefined, report);
    await this.jobs.raiseTotals(jobId, { succeeded, failed, shardsDone: 1, summedAt: START });
  }

  async waiting(after: After): Promise<void> {
    await this.add('next', {}, after, { Enabled: false });
  }

  async schedule(jobId?: string): Promise<JobState | undefined> {
    const sleep = async (): Promise<void> => undefined;
    await schedule(
      {
        jobs: this.jobs,
        clock: { now: () => START + 1_000, sleep, every: () => () => undefined },
        log: () => undefined,
        executions: {
          start: async (job, stage, epoch) => void this.started.push(`${job} ${stage} ${epoch}`),
          stop: async () => undefined,
          status: async () => 'running',
          setConcurrency: async () => undefined,
        },
        maxConcurrentWorkers: 6,
        operation: () => ({ concurrency: 1, invokesFunctions: false }),
      },
      jobId,
    );
    return await this.jobs.getState('next');
  }

  private async add(jobId: string, changes: Partial<JobState>, after: After | undefined, Report: ReportRequest) {
    const request = {
      Operation: { S3PutObjectTagging: { TagSet: [] } },
      Report,
      ClientRequestToken: jobId,
      Priority: 1,
      RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
      ...(after === undefined ? {} : { Drover: { After: after } }),
    };
    const stored = { jobId, hash: jobId, createdAt: new Date(START).toISOString(), request };
    await this.jobs.createJob(stored, { ...initialState(stored), ...changes }, []);
  }
}

const WAITS = 'waits';
const BEGINS = 'begins';

const DONE: Former = { status: 'Complete', tasks: 10, succeeded: 10 };
const PARTLY: Former = { status: 'Complete', tasks: 10, succeeded: 7, failed: 3 };
const BROKEN: Former = { status: 'Failed', tasks: 10, succeeded: 1, failed: 4 };
const UNREAD: Former = { status: 'Failed' };
const STOPPED: Former = { status: 'Cancelled', tasks: 10, succeeded: 2, failed: 0 };
const GOING: Former = { status: 'Active', tasks: 10, succeeded: 2, failed: 0 };

const NO_TASKS = (manifest: string): string =>
  `Nothing to do: job a has none of the tasks that Drover.After.Manifest asks for, ${manifest}.`;

const CASES: readonly [Omit<After, 'JobIds'>, readonly Former[], string][] = [
  [{}, [DONE], BEGINS],
  [{}, [GOING], WAITS],
  [{ On: 'Any' }, [DONE, GOING], WAITS],
  [{ On: 'Any' }, [{ status: 'Completing', tasks: 1, succeeded: 1 }], WAITS],
  [{}, [DONE, PARTLY], BEGINS],
  [{}, [DONE, BROKEN], 'Nothing to do: job b ended Failed, and Drover.After.On is Complete.'],
  [{}, [STOPPED], 'Nothing to do: job a ended Cancelled, and Drover.After.On is Complete.'],
  [{ On: 'Failed' }, [DONE, BROKEN], BEGINS],
  [{ On: 'Failed' }, [BROKEN, GOING], WAITS],
  [{ On: 'Failed' }, [DONE, STOPPED], 'Nothing to do: job a ended Complete, and Drover.After.On is Failed.'],
  [{ On: 'Any' }, [STOPPED, BROKEN], BEGINS],
  [{ Manifest: 'SucceededTasks' }, [PARTLY], BEGINS],
  [{ Manifest: 'FailedTasks' }, [PARTLY], BEGINS],
  [{ Manifest: 'FailedTasks' }, [DONE, PARTLY], BEGINS],
  [{ Manifest: 'FailedTasks' }, [DONE], NO_TASKS('FailedTasks')],
  [{ On: 'Any', Manifest: 'FailedTasks' }, [STOPPED], NO_TASKS('FailedTasks')],
  [{ On: 'Any', Manifest: 'NotSucceededTasks' }, [STOPPED], BEGINS],
  [{ On: 'Any', Manifest: 'Same' }, [BROKEN], BEGINS],
  [{ On: 'Any', Manifest: 'Same' }, [UNREAD], NO_TASKS('Same')],
  [{ Manifest: 'Report' }, [DONE], BEGINS],
  [{ Manifest: 'Report' }, [{ ...DONE, scope: 'FailedTasksOnly' }], NO_TASKS('Report')],
  [{ Manifest: 'Report' }, [{ ...PARTLY, scope: 'FailedTasksOnly' }], BEGINS],
];

describe('a job that waits for others', () => {
  test.each(CASES)('%j after %j: %s', async (after, formers, expected) => {
    const chain = new Chain();
    const JobIds = ['a', 'b', 'c'].slice(0, formers.length);
    for (const [index, former] of formers.entries()) await chain.former(JobIds[index] ?? '', former);
    await chain.waiting({ JobIds, ...after });
    const state = await chain.schedule('next');
    const ofNext = chain.started.filter((start) => start.startsWith('next'));
    if (expected === WAITS) {
      expect(state).toMatchObject({ status: 'New', waitsFor: { JobIds } });
      expect(ofNext).toEqual([]);
    } else if (expected === BEGINS) {
      expect(state).toMatchObject({ status: 'New' });
      expect(state).not.toHaveProperty('waitsFor');
      expect(ofNext).toEqual(['next prepare 1']);
    } else {
      expect(state).toMatchObject({ status: 'Cancelling', statusUpdateReason: expected });
      expect(ofNext).toEqual(['next report 2']);
    }
  });

  test('has nothing to do when one of them is not kept any more', async () => {
    const chain = new Chain();
    await chain.waiting({ JobIds: ['long-gone'] });
    expect(await chain.schedule()).toMatchObject({
      status: 'Cancelling',
      statusUpdateReason: 'Nothing to do: job long-gone, whose end it waited for, is not kept any more.',
    });
  });

  test('begins with the call that any change makes, and is started by a later one when that call died', async () => {
    const chain = new Chain();
    await chain.former('a', GOING);
    await chain.waiting({ JobIds: ['a'] });
    await chain.schedule('next');
    const going = await chain.jobs.getState('a');
    if (going === undefined) throw new Error('there is no job');
    await chain.jobs.updateState({ ...going, status: 'Complete', version: going.version + 1 });
    const { started } = chain;
    started.push = () => {
      throw new Error('died');
    };
    await expect(chain.schedule()).rejects.toThrow('died');
    Reflect.deleteProperty(started, 'push');
    await chain.schedule('next');
    expect(started).toEqual(['next prepare 1']);
  });
});
