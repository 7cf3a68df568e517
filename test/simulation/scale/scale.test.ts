import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from './outcome.ts';
import { blocksIn, SCALE_PAGE } from './page.ts';
import { LARGE_SCENARIOS, SMALL_SCENARIOS } from './scenario.ts';
import { simulateScale } from './simulate-scale.ts';
import { tablesOf } from './table.ts';

const PAGE = readFileSync(SCALE_PAGE, 'utf8');

describe('docs/scale.md', () => {
  test('shows what the engine does with ten million objects: `npm run simulate -- --scale --small --write` writes it', async () => {
    const outcomes: Outcome[] = [];
    for (const scenario of SMALL_SCENARIOS) outcomes.push(await simulateScale(scenario));
    expect(PAGE).toBe(blocksIn(PAGE, { small: tablesOf(outcomes) }));
    for (const { usage, shards } of outcomes) expect(usage.invocations).toBeGreaterThan(shards);
  }, 300_000);

  test('has a row of every scenario of a billion objects', () => {
    for (const { name } of LARGE_SCENARIOS) expect(PAGE).toContain(`| ${name} `);
  });
});

describe('a job of the model', () => {
  test('does the same in the same time, whenever it is run', async () => {
    const scenario = {
      name: 'twice',
      objects: 1_000_000,
      unit: 100,
      workers: 50,
      stragglers: { share: 0.02, slower: 20 },
    };
    const [first, second] = [await simulateScale(scenario), await simulateScale(scenario)];
    expect(first).toEqual(second);
  });

  test('is no faster than S3 admits', async () => {
    const free = { name: 'free', objects: 1_000_000, unit: 100, workers: 50 };
    const { run } = await simulateScale({ ...free, partitions: 2 });
    expect(run).toBeGreaterThan(1_000_000 / (2 * 3_500));
    expect((await simulateScale(free)).run).toBeLessThan(run / 5);
  });

  test('tells which part of it is done, up to all', async () => {
    const parts: number[] = [];
    await simulateScale({ name: 'told', objects: 1_000_000, unit: 100, workers: 50 }, (part) => parts.push(part));
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts.at(-1)).toBe(1);
  });
});
