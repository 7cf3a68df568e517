import { beforeAll, describe, expect, test } from '@jest/globals';
import { changedObjects, type FuzzCase, fuzzCases, randomOf, readOrRefuse } from '../../fuzz/manifests.ts';

/** Milliseconds of it here; `npm run fuzz -- manifests` takes as many as it is told. */
const TIME = 3_000;

let cases: readonly FuzzCase[];

beforeAll(async () => {
  cases = await fuzzCases();
});

describe('a manifest whose bytes were changed', () => {
  test('is read whole before that', async () => {
    for (const each of cases) expect(await readOrRefuse({ ...each, lines: 40 }, each.objects)).toBe(40);
  });

  test('is refused with a reason, or read: it never ends in another error, hangs, or loses a line', async () => {
    const end = performance.now() + TIME;
    let runs = 0;
    for (let seed = 1; performance.now() < end; seed += 1) {
      const random = randomOf(seed);
      const each = cases[random(cases.length)]!;
      await readOrRefuse(each, changedObjects(each, random)).catch((error: unknown) => {
        throw new Error(`${each.name}, seed ${seed}`, { cause: error });
      });
      runs += 1;
    }
    expect(runs).toBeGreaterThan(50);
  });
});
