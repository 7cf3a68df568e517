import { expect, test } from '@jest/globals';
import { exponent } from '../../../bench/growth/fit.ts';

const SIZES = [1e5, 1e6, 1e7];

test.each([
  ['a straight line', 1, (size: number) => 3e-6 * size],
  ['what stays as it is', 0, () => 120],
  ['a square', 2, (size: number) => size ** 2],
])('the exponent of %s is %d', (_, expected, value) => {
  expect(exponent(SIZES.map((size) => ({ size, value: value(size) })))).toBeCloseTo(expected);
});
