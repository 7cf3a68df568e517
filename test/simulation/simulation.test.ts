import { describe, expect, test } from '@jest/globals';
import { buildSimulation } from './build.ts';
import { runWorlds } from './child.ts';
import { MUTANTS } from './mutants.ts';
import { runMutant } from './mutation.ts';
import { showFailure } from './show.ts';

/** Seeds of the sound engine; `npm run simulate -- --seeds 10000` runs more. */
const SEEDS = 2_000;

/** On a busy machine fewer seeds are run; each mutant is seen by far fewer than these. */
const MOST_SECONDS = 90;
const LEAST_SEEDS = 500;
const MUTANT_SEEDS = 3_000;

describe('the engine in simulated worlds', () => {
  test(
    'holds to every invariant, whatever crashes, is late, or happens twice',
    async () => {
      const order = { first: 1, seeds: SEEDS, seconds: MOST_SECONDS, trace: false, untilCaught: false };
      const tally = await runWorlds(await buildSimulation('engine'), order);
      expect(tally.caught.map((caught) => showFailure(caught))).toEqual([]);
      expect(tally.seeds).toBeGreaterThanOrEqual(LEAST_SEEDS);
      expect(Object.keys(tally.statuses).sort()).toEqual(['Cancelled', 'Complete', 'Failed']);
    },
    2 * MOST_SECONDS * 1_000,
  );

  test('is the same in every run of a seed', async () => {
    const run = async (): Promise<string[]> => {
      const lines: string[] = [];
      const order = { first: 7, seeds: 3, seconds: MOST_SECONDS, trace: true, untilCaught: false };
      await runWorlds(await buildSimulation('engine'), order, (line) => lines.push(line));
      return lines;
    };
    const first = await run();
    expect(first.length).toBeGreaterThan(100);
    expect(await run()).toEqual(first);
  });

  test.each(MUTANTS)(
    '$name: seen when $does',
    async (mutant) => {
      const { caught, seeds } = await runMutant(mutant, 1, MUTANT_SEEDS, MOST_SECONDS);
      expect({ seeds, caught: caught?.check }).toEqual({ seeds, caught: expect.any(String) });
    },
    2 * MOST_SECONDS * 1_000,
  );
});
