import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AdaptiveLimit } from '../../../core/s3/adaptive-limit.ts';
import type { AttemptOutcome, Place } from '../../../core/signed-http/signed-call.ts';

const never = new AbortController().signal;
const outcome = fc.constantFrom<AttemptOutcome>('answered', 'throttled', 'lost');

async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

async function fill(limit: AdaptiveLimit, count: number): Promise<Place[]> {
  return Promise.all(Array.from({ length: count }, () => limit.enter(never)));
}

describe('an adaptive limit', () => {
  test('stays within its bounds, and lets in nobody past it', async () => {
    const steps = fc.array(fc.oneof(fc.constant('enter' as const), outcome), { maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 40 }),
        steps,
        async (initial, maximum, all) => {
          const limit = new AdaptiveLimit({ initial, maximum });
          const places: Place[] = [];
          for (const step of all) {
            const before = limit.inFlight;
            if (step === 'enter') void limit.enter(never).then((place) => places.push(place));
            else places.shift()?.leave(step);
            await Promise.resolve();
            await Promise.resolve();
            await Promise.resolve();
            expect(limit.limit).toBeGreaterThanOrEqual(1);
            expect(limit.limit).toBeLessThanOrEqual(maximum);
            // After a cut more may still be under way than may begin, but none is added.
            expect(limit.inFlight).toBeLessThanOrEqual(Math.max(before, limit.limit));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('lets everybody in at last, in order, whatever becomes of those before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(outcome, { minLength: 1, maxLength: 60 }),
        async (initial, outcomes) => {
          const limit = new AdaptiveLimit({ initial, maximum: 8 });
          const order: number[] = [];
          await Promise.all(
            outcomes.map(async (each, index) => {
              const place = await limit.enter(never);
              order.push(index);
              await Promise.resolve();
              place.leave(each);
            }),
          );
          expect(order).toEqual(outcomes.map((_, index) => index));
          expect(limit.idle).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('is halved once for all that was sent before the cut', async () => {
    const limit = new AdaptiveLimit({ initial: 64, maximum: 64 });
    for (const place of await fill(limit, 64)) place.leave('throttled');
    expect(limit.limit).toBe(32);
    expect(limit.throttles).toBe(64);
    const [first] = await fill(limit, 1);
    first?.leave('throttled');
    expect(limit.limit).toBe(16);
  });

  test('grows by one for each round that used all of it', async () => {
    const limit = new AdaptiveLimit({ initial: 10, maximum: 100 });
    for (let round = 0; round < 10; round++) {
      let places = await fill(limit, limit.limit);
      // Each place that is left is taken again, so that the round stays full.
      for (let i = 0; i < 10; i++) {
        places.shift()?.leave('answered');
        places = [...places, ...(await fill(limit, limit.limit - limit.inFlight))];
      }
      for (const place of places) place.leave('lost');
    }
    expect(limit.limit).toBeGreaterThan(13);
    expect(limit.limit).toBeLessThanOrEqual(20);
  });

  test('does not grow while it is not used', async () => {
    const limit = new AdaptiveLimit({ initial: 10, maximum: 100 });
    for (let i = 0; i < 1000; i++) (await limit.enter(never)).leave('answered');
    expect(limit.limit).toBe(10);
  });

  test('gives nobody a place that was given up for', async () => {
    const limit = new AdaptiveLimit({ initial: 1, maximum: 1 });
    const [held] = await fill(limit, 1);
    const giveUp = new AbortController();
    const given = limit.enter(giveUp.signal);
    const next = limit.enter(never);
    giveUp.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    held?.leave('answered');
    (await next).leave('answered');
    await settle();
    expect(limit.idle).toBe(true);
  });

  test('counts a place that is left twice once', async () => {
    const limit = new AdaptiveLimit({ initial: 2, maximum: 2 });
    const [place] = await fill(limit, 2);
    place?.leave('answered');
    place?.leave('throttled');
    expect(limit.inFlight).toBe(1);
    expect(limit.throttles).toBe(0);
  });
});
