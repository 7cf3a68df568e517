import { expect, test } from '@jest/globals';
import { ThrottleWatch } from '../../../core/engine/throttle-watch.ts';

test('a watch tells what was throttled since it was asked last, and in which bucket most of it', () => {
  let seen = new Map([['a', 5]]);
  const watch = new ThrottleWatch(() => seen);
  expect(watch.sinceLast()).toBeUndefined();
  seen = new Map([
    ['a', 6],
    ['b', 3],
  ]);
  expect(watch.sinceLast()).toEqual({ attempts: 4, bucket: 'b' });
  expect(watch.sinceLast()).toBeUndefined();
  expect(new ThrottleWatch().sinceLast()).toBeUndefined();
});
