import { batchOperationsFee, billOf } from '../core/estimate/bill.ts';
import { PRICES } from '../core/estimate/prices.ts';
import { LocalCloud } from '../test/e2e/support/local-cloud.ts';
import { extrapolate } from './cost/cost-model.ts';
import { type CountedRun, countedRun } from './cost/counted-run.ts';
import { functionMemories } from './cost/functions.ts';
import { type Assumptions, usageOf } from './cost/job-usage.ts';
import { endCloudWithProcess } from './support/cloud.ts';
import { printFigures, printRows, type Row } from './table.ts';

const SMALLEST = 10_000;
const MODELLED = [10_000_000, 1_000_000_000];
const TASKS_PER_SHARD = 5_000;

/** Demanded: dollars for a million objects of a job of ten million, without the objects' own requests. */
const MOST_DOLLARS = 0.05;
const DEMANDED_AT = 10_000_000;
const LEAST_TO_JUDGE = 1_000_000;

/** Seconds that S3 takes for a small request: the best that is seen, and what its guide tells to expect. */
const LATENCIES = [0.03, 0.1];

/** Months that a job's work files are kept. */
const KEPT_MONTHS = 3;

/**
 * What a job costs, from the requests that the engine makes of DynamoDB, S3, Lambda and Step Functions: counted of jobs
 * with stubbed tasks over the real stores, and from these, by job and by shard, of larger ones.
 * @param largest tasks of the largest job that is counted, a power of ten.
 * @returns what was demanded and not met.
 */
export async function benchCost(largest = 1_000_000): Promise<readonly string[]> {
  const cloud = await LocalCloud.start();
  endCloudWithProcess(cloud);
  const runs: CountedRun[] = [];
  try {
    for (let tasks = SMALLEST; tasks <= largest; tasks *= 10) runs.push(await countedRun(cloud.endpoint, tasks));
  } finally {
    await cloud.remove();
  }
  const memories = functionMemories();
  const jobs = [
    ...runs.map(({ tasks, counts }) => ({ tasks, counts, how: 'counted' })),
    ...MODELLED.map((tasks) => ({ tasks, counts: countsAt(runs, tasks), how: 'modelled' })),
  ];
  const rows = jobs.flatMap((job) => LATENCIES.map((s3Seconds) => row(job, { s3Seconds, memories })));
  printRows('Cost: dollars for a million objects, the objects’ own requests apart', rows);
  printShard(runs);
  // In small jobs most parts are short ones, for the failure threshold: what a shard of theirs costs says nothing of others.
  if (largest < LEAST_TO_JUDGE) return [];
  return rows
    .filter(({ objects, all }) => objects === DEMANDED_AT && Number(all) > MOST_DOLLARS)
    .map(
      (missed) => `cost: $${missed['all']} a million at ${missed['S3 ms']} ms, at most $${MOST_DOLLARS} is asked for`,
    );
}

/** The last two counted jobs tell what each shard adds. */
function countsAt(runs: readonly CountedRun[], tasks: number): CountedRun['counts'] {
  const [small, large] = runs.slice(-2).map((run) => ({ shards: run.tasks / TASKS_PER_SHARD, counts: run.counts }));
  if (small === undefined || large === undefined) throw new Error('two jobs must be counted at least');
  return extrapolate(small, large, tasks / TASKS_PER_SHARD);
}

function row(
  { tasks, counts, how }: { readonly tasks: number; readonly counts: CountedRun['counts']; readonly how: string },
  assumptions: Assumptions,
): Row {
  const bill = billOf(usageOf(counts, tasks, assumptions));
  const perMillion = (dollars: number): number => Number(((dollars * 1e6) / tasks).toFixed(5));
  return {
    how,
    objects: tasks,
    'S3 ms': assumptions.s3Seconds * 1_000,
    transitions: perMillion(bill.transitions),
    Lambda: perMillion(bill.lambda),
    DynamoDB: perMillion(bill.tables),
    S3: perMillion(bill.s3),
    logs: perMillion(bill.logs),
    all: perMillion(bill.total),
    'S3 Batch Operations': perMillion(batchOperationsFee(tasks)),
  };
}

/** What one shard adds, and what is paid beside: for the curious, and for the model's readers. */
function printShard(runs: readonly CountedRun[]): void {
  const [small, large] = runs.slice(-2);
  if (small === undefined || large === undefined) return;
  const shards = (large.tasks - small.tasks) / TASKS_PER_SHARD;
  const added = Object.keys(large.counts)
    .map((name) => ({ name, value: ((large.counts[name] ?? 0) - (small.counts[name] ?? 0)) / shards }))
    .filter(({ value }) => Math.abs(value) >= 0.001);
  const kept = (large.workBytes / large.tasks) * 1e6;
  printFigures('Cost: what a shard of 5,000 objects adds, and what lies in the work bucket', [
    ...added.map(({ name, value }) => ({ name, value, unit: name.endsWith('seconds') ? 's' : '' })),
    { name: 'work files of a million objects', value: kept / 1e6, unit: 'MB' },
    { name: 'the same kept for 90 days', value: (kept / 1e9) * PRICES.gigabyteMonth * KEPT_MONTHS, unit: '$' },
    { name: 'a million PutObjectTagging', value: PRICES.put * 1e6, unit: '$' },
  ]);
}
