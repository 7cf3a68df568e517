import { describe, expect, test } from '@jest/globals';
import { extrapolate } from '../../../bench/cost/cost-model.ts';
import { usageOf } from '../../../bench/cost/job-usage.ts';
import { batchOperationsFee, billOf } from '../../../core/estimate/bill.ts';

const NOTHING = { transitions: 0, invocations: 0, gigabyteSeconds: 0, readUnits: 0, writeUnits: 0, puts: 0, gets: 0 };

describe('a bill', () => {
  test('prices a million of each thing as the price list does', () => {
    const million = (name: keyof typeof NOTHING) => billOf({ ...NOTHING, [name]: 1e6 }).total;
    expect(million('transitions')).toBeCloseTo(25);
    expect(million('invocations')).toBeCloseTo(0.2 + 0.25);
    expect(million('gigabyteSeconds')).toBeCloseTo(13.3334);
    expect(million('readUnits')).toBeCloseTo(0.125);
    expect(million('writeUnits')).toBeCloseTo(0.625);
    expect(million('puts')).toBeCloseTo(5);
    expect(million('gets')).toBeCloseTo(0.4);
  });

  test('adds up its parts', () => {
    const bill = billOf({
      transitions: 3,
      invocations: 5,
      gigabyteSeconds: 7,
      readUnits: 11,
      writeUnits: 13,
      puts: 17,
      gets: 19,
    });
    const { total, ...parts } = bill;
    expect(total).toBeCloseTo(
      Object.values(parts).reduce((sum, part) => sum + part, 0),
      12,
    );
  });

  test('is held against a fee for the job and for each object', () => {
    expect(batchOperationsFee(10_000_000)).toBeCloseTo(10.25);
  });
});

describe('larger jobs', () => {
  const small = { shards: 20, counts: { puts: 25, gets: 7 } };
  const large = { shards: 200, counts: { puts: 205, gets: 7, transitions: 360 } };

  test('have what each shard added once more for each, and what belongs to the job once', () => {
    expect(extrapolate(small, large, 2_000)).toEqual({ puts: 2_005, gets: 7, transitions: 3_960 });
  });

  test('are those that were counted, where they are', () => {
    expect(extrapolate(small, large, 200)).toMatchObject({ puts: 205, transitions: 360 });
    expect(extrapolate(small, large, 20)).toMatchObject({ puts: 25, transitions: 0 });
  });

  test('never have fewer than none', () => {
    expect(extrapolate({ shards: 1, counts: { a: 5 } }, { shards: 2, counts: { a: 1 } }, 100)).toEqual({ a: 0 });
  });
});

describe("a job's usage", () => {
  const memories = {
    scheduler: 512,
    prepare: 1_024,
    'prepare-chunk': 1_769,
    run: 1_024,
    worker: 1_024,
    report: 1_024,
    'report-range': 1_024,
  };

  test('has the time that tasks wait for S3, so many at once, at the memory of the worker', () => {
    const counts = { 'worker.invocations': 1 };
    const { gigabyteSeconds } = usageOf(counts, 12_800, { s3Seconds: 0.03, memories });
    expect(gigabyteSeconds).toBeCloseTo(3);
  });

  test('takes computing to last longer where a function has less than a CPU', () => {
    const of = (name: string) => usageOf({ [`${name}.seconds`]: 10 }, 0, { s3Seconds: 0.03, memories }).gigabyteSeconds;
    expect(of('prepare-chunk')).toBeCloseTo((10 * 1_769) / 1_024);
    expect(of('scheduler')).toBeCloseTo((10 * 1_769) / 1_024);
  });

  test('has the reads of Step Functions itself, and those of workers that look while their tasks wait', () => {
    const { gets, readUnits } = usageOf({ maps: 2, 'run.gets': 3, 'worker.invocations': 1 }, 128 * 100, {
      s3Seconds: 0.03,
      memories,
    });
    expect(gets).toBe(5);
    // Three seconds of tasks: one look at the job, one and a half sums of one block.
    expect(readUnits).toBeCloseTo(1 + 1.5);
  });
});
