import { describe, expect, test } from '@jest/globals';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import { type BenchOptions, EngineBench, SUCCESS } from '../../support/engine-bench.ts';
import { EngineCloud } from '../../support/engine-cloud.ts';

const MINUTE = 60_000;
const ROLE = new JobTrouble('RoleCannotBeAssumed', 'not allowed');
const ENDPOINT = new JobTrouble('EndpointUnreachable', 'refused');
const THROTTLED = new JobTrouble('Throttled', 'slow down');

/** Forty tasks of a second each in ten shards; `cause` is asked before a task is carried out or the job opened. */
function job(cause: (minute: number) => Error | undefined, options: Partial<BenchOptions> = {}): EngineCloud {
  const bench: EngineBench = new EngineBench({
    manifest: Array.from({ length: 40 }, (_, line) => `bkt,k${line}\n`).join(''),
    tasksPerShard: 4,
    toleratesFaults: true,
    execute: async () => {
      await bench.clock.sleep(1_000);
      const error = cause(bench.passed / MINUTE);
      if (error !== undefined) throw error;
      return SUCCESS;
    },
    ...options,
  });
  return new EngineCloud(bench);
}

/** Shards in each wave, in the order of planning. */
const waves = ({ work }: EngineBench): number[] =>
  [...work.objects]
    .filter(([key]) => key.includes('/waves/'))
    .map(([, { body }]) => body.toString().trimEnd().split('\n').length - 1);

async function expectNothingRecorded({ bench }: EngineCloud): Promise<void> {
  expect(await bench.jobs.getTotals(bench.jobId)).toMatchObject({ succeeded: 0, failed: 0 });
  expect(bench.reportLines()).toEqual([]);
}

describe('a cause that concerns the whole job', () => {
  test.each([
    ['met by tasks', (): EngineCloud => job(() => ROLE)],
    ['met before any task', (): EngineCloud => job(() => undefined, { openJob: () => Promise.reject(ROLE) })],
  ])('%s, is shown at once, tried by one worker, and fails the job after ten minutes', async (_, open) => {
    const cloud = open();
    const { bench } = cloud;
    await cloud.create();
    const { trouble } = await cloud.until((state) => state.trouble !== undefined);
    expect(bench.passed).toBeLessThan(5_000);
    expect(trouble).toMatchObject({ FailureCode: 'RoleCannotBeAssumed', FailureReason: 'not allowed' });
    await bench.clock.sleep(9 * MINUTE);
    expect((await bench.jobs.getState(bench.jobId))?.status).toBe('Active');
    const ended = await cloud.untilEnd();
    expect(bench.passed).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(bench.passed).toBeLessThan(11 * MINUTE);
    expect(ended).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureCode: 'RoleCannotBeAssumed', FailureReason: 'not allowed' }],
    });
    expect(ended.trouble).toBeUndefined();
    const [first, ...later] = waves(bench);
    expect(first).toBe(10);
    expect(new Set(later)).toEqual(new Set([1]));
    await expectNothingRecorded(cloud);
  });

  test('that passes is taken off by progress, and all tasks are carried out by all workers', async () => {
    const cloud = job((minute) => (minute < 8 ? ROLE : undefined));
    const { bench } = cloud;
    await cloud.create();
    await bench.clock.sleep(7.9 * MINUTE);
    expect((await bench.jobs.getState(bench.jobId))?.trouble?.FailureCode).toBe('RoleCannotBeAssumed');
    const { failureReasons, status } = await cloud.until(({ trouble }) => trouble === undefined);
    expect({ failureReasons, status }).toEqual({ failureReasons: [], status: 'Active' });
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(waves(bench).at(-1)).toBeGreaterThan(1);
    expect(bench.reportLines()).toHaveLength(40);
  });

  test('and another by turns still reach ten minutes', async () => {
    let turn = 0;
    const cloud = job(() => (turn++ % 2 === 0 ? ROLE : ENDPOINT), { concurrency: 1, workers: 1 });
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Failed');
    expect(cloud.bench.passed).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(cloud.bench.passed).toBeLessThan(11 * MINUTE);
    await expectNothingRecorded(cloud);
  });

  test('does not fail a job that goes on in between', async () => {
    let turn = 0;
    const cloud = job(() => (turn++ % 25 < 24 ? ROLE : undefined), {
      manifest: 'bkt,a\nbkt,b\nbkt,c\nbkt,d\nbkt,e\n',
      concurrency: 1,
      workers: 1,
    });
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(cloud.bench.passed).toBeGreaterThan(30 * MINUTE);
  });
});

describe('a cause that one worker met once', () => {
  /** Two shards and a worker for each; the second has it before its first task, and others are long at theirs. */
  function metOnce(tasksPerShard: number, milliseconds: number): EngineCloud {
    let met = false;
    const bench: EngineBench = new EngineBench({
      manifest: Array.from({ length: 2 * tasksPerShard }, (_, line) => `bkt,k${line}\n`).join(''),
      tasksPerShard,
      workers: 2,
      concurrency: 1,
      toleratesFaults: true,
      execute: async ({ key }) => {
        if (key === `k${tasksPerShard}` && !met) {
          met = true;
          throw new TypeError('x is undefined');
        }
        await bench.clock.sleep(milliseconds);
        return SUCCESS;
      },
    });
    return new EngineCloud(bench);
  }

  test.each([
    ['many tasks', 800, 1_000],
    ['a few slow ones', 2, 13 * MINUTE],
  ])('is taken off by the tasks that another ends, %s, and fails no job', async (_, tasks, milliseconds) => {
    const cloud = metOnce(tasks, milliseconds);
    await cloud.create();
    await cloud.until(({ trouble }) => trouble?.FailureCode === 'WorkerFault');
    await cloud.until(({ trouble }) => trouble === undefined);
    const { status, failureReasons } = await cloud.untilEnd();
    expect({ status, failureReasons }).toEqual({ status: 'Complete', failureReasons: [] });
    expect(cloud.bench.passed).toBeGreaterThan(12 * MINUTE);
    expect(cloud.bench.reportLines()).toHaveLength(2 * tasks);
  });
});

describe('what comes back by itself', () => {
  test('is shown and waited for, however long: throttling', async () => {
    const cloud = job((minute) => (minute < 45 ? THROTTLED : undefined));
    await cloud.create();
    await cloud.bench.clock.sleep(44 * MINUTE);
    expect(await cloud.bench.jobs.getState(cloud.bench.jobId)).toMatchObject({
      status: 'Active',
      trouble: { FailureCode: 'Throttled' },
    });
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(cloud.bench.reportLines()).toHaveLength(40);
  });

  test('is shown and waited for, however long: workers that do not come to begin', async () => {
    let served = false;
    const cloud = job(() => undefined, { manifest: 'bkt,k0\n' });
    const { bench } = cloud;
    const item = bench.item.bind(bench);
    bench.item = async (stage, input) => (served || stage !== 'run' ? await item(stage, input) : undefined);
    await cloud.create();
    await bench.clock.sleep(45 * MINUTE);
    const { status, trouble } = (await bench.jobs.getState(bench.jobId))!;
    expect({ status, code: trouble?.FailureCode }).toEqual({ status: 'Active', code: 'NoProgress' });
    served = true;
    expect((await cloud.untilEnd()).status).toBe('Complete');
  });

  test('does not count against the job when something else follows it', async () => {
    const cloud = job((minute) => (minute < 20 ? THROTTLED : minute < 25 ? ROLE : undefined));
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(cloud.bench.reportLines()).toHaveLength(40);
  });
});

describe('what nobody expected', () => {
  test.each(['prepare', 'run', 'report'] as const)(
    'in a turn of %s is shown, and the next turn goes on',
    async (stage) => {
      const call = { prepare: 'createBlock', run: 'listBlocks', report: 'seal' }[stage];
      const cloud = job(() => undefined, {
        meanwhile: async (by, name) => {
          if (by === stage && name === call && cloud.bench.passed < 2 * MINUTE) throw new Error('out of order');
        },
      });
      const { bench } = cloud;
      await bench.create();
      await bench.callScheduler(bench.jobId);
      const { trouble } = await cloud.until((state) => state.trouble !== undefined);
      expect(trouble).toMatchObject({ FailureCode: 'InternalError', FailureReason: 'out of order' });
      expect((await cloud.untilEnd()).status).toBe('Complete');
      expect(bench.passed).toBeGreaterThan(2 * MINUTE);
      expect(bench.reportLines()).toHaveLength(40);
    },
  );

  test('of a report whose files are being written does not add up over hours', async () => {
    const fault = new Error('503 Slow Down');
    // Three blocks: the first is refused once; a child takes long, the other and the turn after it are refused.
    const writes = [fault, undefined, 11 * MINUTE, fault, fault].values();
    const cloud = job(() => undefined, {
      manifest: Array.from({ length: 600 }, (_, line) => `bkt,k${line}\n`).join(''),
      tasksPerShard: 1,
      execute: async () => SUCCESS,
      writeReport: async () => {
        const next = writes.next();
        if (next.value instanceof Error) throw next.value;
        if (next.value !== undefined) await cloud.bench.clock.sleep(next.value);
      },
    });
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(cloud.bench.passed).toBeGreaterThan(11 * MINUTE);
    expect(cloud.bench.reportLines()).toHaveLength(600);
  });

  test('in a worker is shown, does not hold the others, and fails the job if it lasts', async () => {
    const cloud = job(() => new TypeError('x is undefined'));
    await cloud.create();
    const { trouble } = await cloud.until((state) => state.trouble !== undefined);
    expect(trouble).toMatchObject({ FailureCode: 'WorkerFault', FailureReason: 'A worker failed: x is undefined' });
    const { status, failureReasons } = await cloud.untilEnd();
    expect({ status, failureReasons }).toMatchObject({
      status: 'Failed',
      failureReasons: [{ FailureCode: 'WorkerFault' }],
    });
    expect(cloud.bench.passed).toBeGreaterThanOrEqual(10 * MINUTE);
    await expectNothingRecorded(cloud);
  });

  test('when a worker looks at its job: what it had in flight is counted before it ends', async () => {
    let failing = false;
    let failed = false;
    const cloud = job(() => undefined, {
      tasksPerShard: 40,
      workers: 1,
      meanwhile: async (by, name) => {
        failing = by === 'worker' && name === 'getState' && cloud.bench.executed.size > 0 && !failed;
        if (!failing) return;
        failed = true;
        throw new Error('no answer');
      },
    });
    await cloud.create();
    expect((await cloud.untilEnd()).status).toBe('Complete');
    expect(failed).toBe(true);
    expect(new Set(cloud.bench.executed.values())).toEqual(new Set([1]));
    expect(cloud.bench.reportLines()).toHaveLength(40);
  });
});
