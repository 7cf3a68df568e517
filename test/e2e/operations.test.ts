import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COPY_CASES } from './operations/copy-cases.ts';
import { DELETE_CASES } from './operations/delete-cases.ts';
import { DRY_RUN_CASES } from './operations/dry-run-cases.ts';
import { LAMBDA_CASES } from './operations/lambda-cases.ts';
import { LOOK_CASES } from './operations/look-cases.ts';
import { STATE_CASES } from './operations/state-cases.ts';
import { TAG_CASES } from './operations/tag-cases.ts';
import { differences, type JobPlan, type Outcome, World } from './operations/world.ts';

/** Every operation, its success and each of its documented failures: what is set up, asked for and found afterwards. */
const CASES = {
  ...COPY_CASES,
  ...TAG_CASES,
  ...STATE_CASES,
  ...DELETE_CASES,
  ...LOOK_CASES,
  ...LAMBDA_CASES,
  ...DRY_RUN_CASES,
};

/** Jobs that are set up and run at once. */
const AT_ONCE = 6;

describe.each([
  ["on the local cloud's own S3", () => World.own()],
  ['on another S3, its buckets in the host name', () => World.other()],
])('%s', (_, start) => {
  let world: World;
  const ends = new Map<string, Promise<readonly [JobPlan, Outcome]>>();

  beforeAll(async () => {
    world = await start();
    const queue = Object.entries(CASES);
    const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve());
    // Jobs mostly wait for functions to start: one after the other they would take minutes.
    for (const [index, [name, prepare]] of queue.entries()) {
      const lane = index % AT_ONCE;
      const end = (lanes[lane] ?? Promise.resolve()).then(async () => {
        const plan = await prepare(world);
        return [plan, await world.run(plan)] as const;
      });
      ends.set(name, end);
      lanes[lane] = end.then(
        () => undefined,
        () => undefined,
      );
    }
  }, 200_000);

  afterAll(async () => {
    await Promise.allSettled(ends.values());
    await world.close();
  });

  test.each(Object.keys(CASES))(
    '%s',
    async (name) => {
      const end = ends.get(name);
      if (end === undefined) throw new Error('the local cloud did not start');
      const [plan, { job, rows }] = await end;
      if (plan.fails !== undefined) {
        expect(job).toMatchObject({ Status: 'Failed', FailureReasons: [plan.fails] });
        return;
      }
      expect(job).toMatchObject({ Status: 'Complete' });
      expect(differences(plan.lines, rows)).toEqual([]);
      const failed = plan.lines.filter(({ says }) => says.code !== '').length;
      expect(job.ProgressSummary).toMatchObject({
        TotalNumberOfTasks: plan.lines.length,
        NumberOfTasksSucceeded: plan.lines.length - failed,
        NumberOfTasksFailed: failed,
      });
      await plan.after?.(job);
    },
    120_000,
  );
});
