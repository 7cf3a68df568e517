import { describe, expect, test } from '@jest/globals';
import { AdaptiveLimit } from '../../../core/s3/adaptive-limit.ts';
import { LatencyWatch } from '../../../core/s3/latency-watch.ts';
import type { Place } from '../../../core/signed-http/signed-call.ts';

/** Numbers that look random and are the same each time. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

interface Simulated {
  /** Milliseconds that a request takes which begins now, by how many are under way. */
  readonly latency: (inFlight: number, random: number, time: number) => number;
  readonly kind?: string | undefined;
  readonly requests: number;
}

/** Sends as many requests as the limit lets through, in virtual time; answers the limit after each hundred. */
function simulate(limit: AdaptiveLimit, { latency, kind = 'HEAD', requests }: Simulated): number[] {
  const random = pseudoRandom(7);
  const underWay: { readonly place: Place; readonly began: number; readonly ends: number }[] = [];
  const seen: number[] = [];
  let time = 0;
  for (let ended = 0; ended < requests; ended++) {
    for (let place = limit.tryEnter(); place !== undefined; place = limit.tryEnter()) {
      underWay.push({ place, began: time, ends: time + latency(underWay.length + 1, random(), time) });
    }
    underWay.sort((a, b) => a.ends - b.ends);
    const first = underWay.shift()!;
    time = Math.max(time, first.ends);
    first.place.leave('answered', kind === '' ? undefined : kind, first.ends - first.began);
    if (ended % 100 === 99) seen.push(limit.limit);
  }
  for (const { place } of underWay) place.leave('lost');
  return seen;
}

const LIMIT = { initial: 64, maximum: 512 };
/** Most answers near a base, a few far slower. */
const noisy = (base: number, random: number) => base * (random < 0.95 ? 0.7 + random * 0.6 : 8);

describe('a limit', () => {
  test('grows to its maximum while answers take as long as ever, with the noise that there is', () => {
    const limit = new AdaptiveLimit(LIMIT);
    simulate(limit, { requests: 200_000, latency: (_, random) => noisy(30, random) });
    expect(limit.limit).toBe(512);
  });

  test('does not grow far into a queue, and keeps what the service can do', () => {
    // A service that answers 1,000 requests a second, each in 20 ms when nobody waits: 20 at once are enough.
    const queueing = (inFlight: number, random: number) => noisy(Math.max(20, inFlight), random);
    const limit = new AdaptiveLimit(LIMIT);
    const seen = simulate(limit, { requests: 200_000, latency: queueing });
    expect(Math.max(...seen)).toBeLessThan(200);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(20);
  });

  test('gives way while answers take far longer, to no less than its floor, and comes back', () => {
    const slow = (from: number, to: number) => (_: number, random: number, time: number) =>
      noisy(time >= from && time < to ? 1_500 : 30, random);
    const limit = new AdaptiveLimit(LIMIT);
    const seen = simulate(limit, { requests: 150_000, latency: slow(5_000, 205_000) });
    expect(Math.min(...seen)).toBeLessThan(40);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(16);
    expect(limit.limit).toBeGreaterThan(200);
  });

  test('makes nothing of answers whose time depends on the object', () => {
    const limit = new AdaptiveLimit(LIMIT);
    simulate(limit, { requests: 200_000, kind: '', latency: (_, random, time) => 20 + random * time });
    expect(limit.limit).toBe(512);
  });

  test('compares each kind with itself', () => {
    const limit = new AdaptiveLimit({ initial: 100, maximum: 512 });
    for (let round = 0; round < 2_000; round++) {
      const places = Array.from({ length: 64 }, () => limit.tryEnter()!);
      for (const [index, place] of places.entries()) {
        if (index % 2 === 0) place.leave('answered', 'HEAD', 10);
        else place.leave('answered', 'PUT restore', 900);
      }
    }
    expect(limit.limit).toBe(100);
  });

  test('is not cut for the latency of requests that do not fill it', () => {
    const limit = new AdaptiveLimit(LIMIT);
    for (let request = 0; request < 5_000; request++) {
      limit.tryEnter()?.leave('answered', 'HEAD', request < 1_000 ? 10 : 2_000);
    }
    expect(limit.limit).toBe(64);
  });

  test('that throttling has cut below the floor of latency stays there', () => {
    const limit = new AdaptiveLimit({ initial: 64, maximum: 512 });
    simulate(limit, { requests: 200, latency: () => 10 });
    for (let cut = 0; cut < 5; cut++) limit.tryEnter()?.leave('throttled');
    const low = limit.limit;
    expect(low).toBeLessThan(8);
    const seen = simulate(limit, { requests: 100, latency: () => 5_000 });
    expect(Math.max(...seen)).toBeLessThan(low + 20);
  });
});

describe('latency', () => {
  const feed = (watch: LatencyWatch, milliseconds: number) => {
    for (let answer = 0; answer < 31; answer++) expect(watch.take(milliseconds, 32)).toBeUndefined();
    return watch.take(milliseconds, 32);
  };

  test.each([
    [1, 49, 'usual'],
    [10, 59, 'usual'],
    [10, 61, 'raised'],
    [10, 209, 'raised'],
    [10, 211, 'excessive'],
    [100, 199, 'usual'],
    [100, 202, 'raised'],
    [100, 399, 'raised'],
    [100, 402, 'excessive'],
  ])('of %d ms that becomes %d is %s', (before, after, expected) => {
    const watch = new LatencyWatch();
    expect(feed(watch, before)).toBe('usual');
    expect(feed(watch, after)).toBe(expected);
  });

  test('that stays raised is the usual in the end', () => {
    const watch = new LatencyWatch();
    feed(watch, 100);
    let windows = 0;
    while (feed(watch, 250) !== 'usual') windows++;
    expect(windows).toBeGreaterThan(300);
    expect(windows).toBeLessThan(1_000);
  });
});
