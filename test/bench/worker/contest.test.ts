import { expect, test } from '@jest/globals';
import { type ContenderName, judge, type Run } from '../../../bench/worker/contest.ts';
import type { Scenario } from '../../../bench/worker/scenario.ts';

const SCENARIO: Scenario = { kind: 'tag', concurrency: 64, tls: false };

function runs(tasksPerSecond: number, stubCpu = 0.3): Run[] {
  return [0.9, 1, 1.1].map((luck) => {
    return { tasks: tasksPerSecond * luck, requests: tasksPerSecond * luck, seconds: 1, cpuSeconds: 1, stubCpu };
  });
}

function verdict(all: Partial<Record<ContenderName, Run[]>>, scenario = SCENARIO): readonly string[] {
  return judge({ scenario, runs: new Map(Object.entries(all) as [ContenderName, Run[]][]) });
}

test('five times the SDK and half of bare undici is what is demanded, by the medians', () => {
  expect(verdict({ drover: runs(25_000), bare: runs(50_000), sdk: runs(5_000), boto3: runs(1_000) })).toEqual([]);
  expect(verdict({ drover: runs(24_000), bare: runs(50_000), sdk: runs(5_000) })).toEqual([
    'tag, 64 in flight: 4.80 × sdk, should be at least 5',
    'tag, 64 in flight: 0.48 × bare, should be at least 0.5',
  ]);
});

test('a stub that was busy makes a run void', () => {
  expect(verdict({ drover: runs(40_000), bare: runs(50_000, 0.9) })).toEqual([
    'tag, 64 in flight: bare is void, the stub took 90 % of a core',
  ]);
});

test('batched deletes are shown, and held to nothing', () => {
  expect(verdict({ drover: runs(1), bare: runs(9), sdk: runs(9) }, { ...SCENARIO, kind: 'delete-batched' })).toEqual(
    [],
  );
});
