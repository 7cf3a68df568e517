import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planParts, rangeOf, S3_COPY_LIMITS } from '../../../../core/operations/copy/part-plan.ts';

const { largestPart, mostParts, usualPart } = S3_COPY_LIMITS;

describe('the parts of an object', () => {
  test('cover it, in order and without a gap, within S3’s limits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largestPart * mostParts }), (size) => {
        const plan = planParts(size, S3_COPY_LIMITS);
        if (plan === undefined) throw new Error('no plan');
        expect(plan.count).toBeLessThanOrEqual(mostParts);
        expect(plan.partSize).toBeLessThanOrEqual(largestPart);
        for (const number of [1, 2, Math.ceil(plan.count / 2), plan.count - 1].filter(
          (n) => n >= 1 && n < plan.count,
        )) {
          const { first, last } = rangeOf(plan, number);
          expect(last - first + 1).toBe(plan.partSize);
          expect(rangeOf(plan, number + 1).first).toBe(last + 1);
        }
        expect(rangeOf(plan, 1).first).toBe(0);
        expect(rangeOf(plan, plan.count).last).toBe(size - 1);
        expect(rangeOf(plan, plan.count).first).toBeLessThan(size);
      }),
    );
  });

  test('are the usual ones as long as that is enough of them', () => {
    expect(planParts(usualPart * mostParts, S3_COPY_LIMITS)).toMatchObject({ partSize: usualPart, count: mostParts });
    expect(planParts(usualPart * mostParts + 1, S3_COPY_LIMITS)?.partSize).toBe(usualPart + 1024 ** 2);
  });

  test('take the largest object that S3 has, and no larger one', () => {
    expect(planParts(largestPart * mostParts, S3_COPY_LIMITS)).toMatchObject({
      partSize: largestPart,
      count: mostParts,
    });
    expect(planParts(largestPart * mostParts + 1, S3_COPY_LIMITS)).toBeUndefined();
  });
});
