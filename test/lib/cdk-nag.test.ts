import { expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { droverStack } from './synthesized.ts';

/**
 * Wildcards are what the security test lists one by one, with reasons (`WILDCARDS`); the ids of these findings hold
 * logical ids and cannot be known in the constructs. Everything else is acknowledged beside the resource it is about.
 */
const LISTED_ELSEWHERE = /^AwsSolutions-IAM5\[Resource::/;

test('no finding of the AWS Solutions rules is left without a reason', () => {
  const { violations } = new AwsSolutionsChecks().validateScope(droverStack());
  const left = violations.filter(({ ruleName }) => !LISTED_ELSEWHERE.test(ruleName));
  expect(left.map(({ ruleName, violatingResources }) => [ruleName, violatingResources])).toEqual([]);
  // The rules did run.
  expect(violations.length).toBeGreaterThan(0);
});
