import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { countTrigger } from '../../../lambdas/trigger/metrics.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line: unknown) => lines.push(String(line)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('each firing is counted by a line of the log, in the embedded metric format, and says whose it was', () => {
  countTrigger('FiringFailed', 'nightly');
  countTrigger('JobCreated', 'hourly');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ FiringFailed: 1, trigger: 'nightly', service: 'drover' }),
    expect.objectContaining({ JobCreated: 1, trigger: 'hourly', service: 'drover' }),
  ]);
  expect(JSON.parse(lines[0] ?? '')['_aws'].CloudWatchMetrics).toEqual([
    { Namespace: 'Drover', Dimensions: [['service']], Metrics: [{ Name: 'FiringFailed', Unit: 'Count' }] },
  ]);
  expect(JSON.parse(lines[1] ?? '')).not.toHaveProperty('FiringFailed');
});
