import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Crash, DAY, JOB, MINUTE, START, World } from './world.ts';

const FOLDERS = ['2026-11-20T01-00Z', '2026-11-21T01-00Z', '2026-11-22T01-00Z'];

/** What may happen to a trigger, in any order. */
const action = fc.oneof(
  fc.record({ does: fc.constant('arrive' as const), report: fc.nat(2), content: fc.constantFrom('', 'new') }),
  fc.record({ does: fc.constant('event' as const), report: fc.nat(2) }),
  fc.record({ does: fc.constant('sweep' as const) }),
  fc.record({ does: fc.constant('end' as const) }),
  fc.record({ does: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({
    does: fc.constant('crash' as const),
    writes: fc.nat(12),
    by: fc.constantFrom('sweep' as const, 'event' as const),
  }),
);

/** Events and sweeps catch what they cannot do; a crash is seen by nobody. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
}

test.each(['Queue', 'Run'] as const)(
  'each report makes exactly one job (Overlap %s), whatever comes twice, late, never, and between any two crashes',
  async (Overlap) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
        const world = new World();
        await world.define('nightly', { Overlap });
        const arrived = new Set<string>();
        for (const each of actions) {
          // Time does not stand still, or a report could be overwritten in the second it came in.
          world.now += MINUTE;
          const folder = FOLDERS['report' in each ? each.report : 0]!;
          const here = () => world.buckets.get('inventories')?.has(`photos/daily/${folder}/manifest.json`) === true;
          switch (each.does) {
            case 'arrive':
              // Each comes in once: what is overwritten before it was seen makes no job.
              if (here()) break;
              world.putReport(folder, each.content);
              arrived.add(folder);
              break;
            case 'event':
              if (here()) await quietly(world.reportEvent(folder));
              break;
            case 'sweep':
              await quietly(world.sweep());
              break;
            case 'end':
              world.endAll();
              break;
            case 'wait':
              world.now += each.minutes * MINUTE;
              break;
            case 'crash':
              world.writesLeft = each.writes;
              await quietly(each.by === 'sweep' || !here() ? world.sweep() : world.reportEvent(folder));
              world.writesLeft = Number.POSITIVE_INFINITY;
              break;
          }
        }
        for (let sweeps = 0; sweeps < 6; sweeps += 1) {
          world.now += 2 * MINUTE;
          await world.sweep();
          world.endAll();
        }
        const firings = await world.firings('nightly');
        // What nobody was told of for two weeks is not made good.
        if (world.now - START > 13 * DAY) return;
        expect(firings.map(({ status }) => status)).toEqual([...arrived].map(() => 'Created'));
        expect(new Set(firings.map(({ jobId }) => jobId))).toEqual(new Set(world.jobs.requests.keys()));
        expect(world.jobs.requests.size).toBe(arrived.size);
        expect(world.counted.filter((what) => what === 'JobCreated')).toHaveLength(arrived.size);
        expect(await world.triggers.openFirings('nightly', 10)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  },
);

test('an event that comes weeks later, when its firing is long forgotten, makes no second job', async () => {
  const world = new World();
  await world.define('nightly', {});
  world.putReport(FOLDERS[0]!);
  const came = world.now;
  await world.reportEvent(FOLDERS[0]!);
  expect(world.jobs.requests.size).toBe(1);
  for (let day = 0; day < 40; day += 1) {
    world.now += DAY;
    await world.sweep();
  }
  expect(await world.firings('nightly')).toEqual([]);
  world.jobs.requests.clear();
  world.jobs.states.clear();
  await world.reportEvent(FOLDERS[0]!, came);
  await world.sweep();
  expect(world.jobs.requests.size).toBe(0);
});

test('reports from before the trigger was made do not fire it', async () => {
  const world = new World();
  world.putReport(FOLDERS[0]!);
  world.now += 2 * MINUTE;
  await world.define('nightly', {});
  await world.sweep();
  await world.reportEvent(FOLDERS[0]!, START);
  expect(await world.firings('nightly')).toEqual([]);
});

test('two at once, an event and a sweep and an event again, make one job', async () => {
  for (let round = 0; round < 20; round += 1) {
    const world = new World();
    await world.define('nightly', { Overlap: 'Skip' });
    world.putReport(FOLDERS[0]!);
    await Promise.all([world.reportEvent(FOLDERS[0]!), world.sweep(), world.reportEvent(FOLDERS[0]!), world.sweep()]);
    expect(world.jobs.requests.size).toBe(1);
    expect((await world.firings('nightly')).map(({ status }) => status)).toEqual(['Created']);
  }
});

test('each list that is dropped makes exactly one job, whatever is told of it, found of it, and cut short', async () => {
  const Manifest = { Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } };
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const world = new World();
      await world.define('dropped', {
        Kind: 'Object',
        Bucket: 'arn:aws:s3:::lists',
        Suffix: '.csv',
        Job: { ...JOB, Manifest },
      });
      let arrived = 0;
      const some = (each: number): string => `${each % Math.max(1, arrived)}.csv`;
      for (const each of actions) {
        if (each.does === 'arrive') {
          world.put('lists', `${arrived}.csv`, String(arrived));
          world.put('lists', `${arrived}.txt`, '');
          arrived += 1;
        } else if (each.does === 'event' && arrived > 0) await quietly(world.event('lists', some(each.report)));
        else if (each.does === 'sweep') await quietly(world.sweep());
        else if (each.does === 'end') world.endAll();
        else if (each.does === 'wait') world.now += (each.minutes % 600) * MINUTE;
        else if (each.does === 'crash') {
          world.writesLeft = each.writes;
          await quietly(each.by === 'sweep' || arrived === 0 ? world.sweep() : world.event('lists', some(each.writes)));
          world.writesLeft = Number.POSITIVE_INFINITY;
        }
      }
      for (let sweeps = 0; sweeps <= arrived; sweeps += 1) {
        world.now += 2 * MINUTE;
        await world.sweep();
        world.endAll();
      }
      expect((await world.firings('dropped')).map(({ status }) => status)).toEqual(Array(arrived).fill('Created'));
      expect(world.jobs.requests.size).toBe(arrived);
    }),
    { numRuns: 150 },
  );
});
