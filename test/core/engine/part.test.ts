import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PartInput, runPart, WINDOW_FACTOR } from '../../../core/engine/part.ts';
import type { FinishedTask } from '../../../core/engine/part-file.ts';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

const row = (task: number): FinishedTask => ({ succeeded: true, row: `${task}\r\n` });
const rows = (from: number, to: number): FinishedTask[] => Array.from({ length: to - from }, (_, n) => row(from + n));

/** A part whose tasks take these milliseconds, and what was in flight while it ran. */
class Bench {
  readonly time = new VirtualTime(0);
  inFlight = 0;
  mostInFlight = 0;
  mostAhead = 0;
  largestBatch = 0;
  private readonly unfinished = new Set<number>();

  constructor(private readonly outcome: (task: number) => number | Error) {}

  readonly execute = async (from: number, to: number): Promise<FinishedTask[]> => {
    this.unfinished.add(from);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    this.mostAhead = Math.max(this.mostAhead, to - 1 - Math.min(...this.unfinished));
    this.largestBatch = Math.max(this.largestBatch, to - from);
    const outcome = this.outcome(from);
    await this.time.sleep(typeof outcome === 'number' ? outcome : 5);
    this.inFlight -= 1;
    this.unfinished.delete(from);
    if (outcome instanceof Error) throw outcome;
    return rows(from, to);
  };

  async run(input: Partial<PartInput>): ReturnType<typeof runPart> {
    const part = { tasks: 100, from: 0, most: 100, concurrency: 4, batch: 1, goOn: () => true, execute: this.execute };
    const outcome = await runPart({ ...part, ...input });
    expect(this.inFlight).toBe(0);
    return outcome;
  }
}

describe('a part of a shard', () => {
  test('is a whole run of tasks, within its concurrency and its window, with nothing in flight at its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(90),
        fc.nat(2_000),
        async (durations, concurrency, batch, most, until) => {
          const bench = new Bench((task) => durations[task] ?? 0);
          const { finished, failure, trouble } = await bench.run({
            tasks: durations.length,
            most,
            concurrency,
            batch,
            goOn: () => bench.time.now() < until,
          });
          expect({ failure, trouble }).toEqual({ failure: undefined, trouble: undefined });
          expect(finished).toEqual(rows(0, finished.length));
          expect(finished.length).toBeLessThanOrEqual(Math.min(most, durations.length));
          expect(bench.mostInFlight).toBeLessThanOrEqual(concurrency);
          expect(bench.mostAhead).toBeLessThan((WINDOW_FACTOR * concurrency + 1) * batch);
          expect(bench.largestBatch).toBeLessThanOrEqual(batch);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('goes on from where it is told', async () => {
    const bench = new Bench(() => 1);
    expect((await bench.run({ tasks: 10, from: 7 })).finished).toEqual(rows(7, 10));
  });

  test('that cannot look whether it may go on ends what is in flight, and counts it', async () => {
    const bench = new Bench((task) => 100 - task);
    const error = new Error('no answer');
    let looks = 0;
    const goOn = async (): Promise<boolean> => {
      looks += 1;
      if (looks > 3) throw error;
      return true;
    };
    const { finished, failure } = await bench.run({ goOn });
    expect(failure).toEqual({ error });
    expect(finished).toEqual(rows(0, 3));
  });

  test('leaves out what ended beyond a task that met trouble, and begins nothing after it', async () => {
    const trouble = new JobTrouble('RoleCannotBeAssumed', 'no');
    const bench = new Bench((task) => (task === 2 ? trouble : 1));
    const outcome = await bench.run({});
    expect(outcome).toEqual({ finished: rows(0, 2), trouble, failure: undefined });
  });

  test('ends at a fault as at trouble', async () => {
    const error = new Error('a fault');
    const bench = new Bench((task) => (task === 0 ? error : 1));
    expect(await bench.run({})).toEqual({ finished: [], trouble: undefined, failure: { error } });
  });
});

test.each([1, 3])('batches of %i begin at most four times what may be in flight beyond the oldest', async (batch) => {
  const begun: number[] = [];
  let end: (() => void) | undefined;
  const done = runPart({
    tasks: 1_000,
    from: 0,
    most: Number.POSITIVE_INFINITY,
    concurrency: 2,
    batch,
    goOn: () => true,
    execute: async (from, to) => {
      begun.push(to);
      if (from === 0) await new Promise<void>((resolve) => (end = resolve));
      return Array.from({ length: to - from }, () => ({ succeeded: true, row: '' }));
    },
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(Math.max(...begun)).toBe(4 * 2 * batch);
  end?.();
  expect((await done).finished).toHaveLength(1_000);
});
