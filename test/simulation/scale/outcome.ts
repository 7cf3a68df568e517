import { type Bill, batchOperationsFee, billOf, type Usage } from '../../../core/estimate/bill.ts';
import type { JobStatus } from '../../../core/job/status.ts';
import type { Functions } from './functions.ts';
import type { Machines } from './machines.ts';
import type { Meter } from './meter.ts';
import type { Objects } from './objects.ts';
import type { Scenario } from './scenario.ts';
import type { Moments } from './simulate-scale.ts';
import { type MapRun, summaryOf, type WavesSummary } from './waves.ts';

/** What became of a scenario. Times in seconds. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly shards: number;
  readonly makespan: number;
  readonly prepare: number;
  readonly run: number;
  readonly report: number;
  /** From 99 % of the objects done to all. */
  readonly tail: number;
  readonly waves: WavesSummary;
  readonly runs: readonly MapRun[];
  /** Of the time that the job's workers could have worked, from 0 to 1: no worker was there; one was, and asked S3 for no objects. */
  readonly idle: number;
  readonly beside: number;
  readonly usage: Usage;
  readonly bill: Bill;
  readonly batchOperationsFee: number;
  /** Most units a second. */
  readonly hottestWrite: { readonly name: string; readonly perSecond: number };
  readonly hottestRead: { readonly name: string; readonly perSecond: number };
  readonly hottestBlock: number;
  readonly blocksWritten: number;
  /** Units of one sum of all blocks, at most: a Query of one partition key. */
  readonly blocksRead: number;
  /** Most in a second. */
  readonly transitionsPerSecond: number;
  readonly putsPerSecond: number;
  readonly getsPerSecond: number;
  /** Most workers at once, and most new environments of theirs in ten seconds. */
  readonly workersAtOnce: number;
  readonly environmentsInTen: number;
  readonly executions: number;
}

export interface Found {
  readonly scenario: Scenario;
  readonly shards: number;
  readonly meter: Meter;
  readonly functions: Functions;
  readonly machines: Machines;
  readonly objects: Objects;
  readonly moments: Moments;
  readonly entered: (status: JobStatus) => number;
  readonly start: number;
}

export function outcomeOf(found: Found): Outcome {
  const { scenario, meter, functions, machines, objects, moments, entered, start } = found;
  const seconds = (from: number, to: number): number => (to - from) / 1_000;
  const active = entered('Active');
  const run = seconds(active, entered('Completing'));
  const possible = scenario.workers * run;
  const worked = (functions.time.get('worker') ?? 0) / 1_000;
  return {
    scenario,
    shards: found.shards,
    makespan: seconds(start, entered('Complete')),
    prepare: seconds(start, entered('Ready')),
    run,
    report: seconds(entered('Completing'), entered('Complete')),
    tail: seconds(moments.nearlyAll, moments.all),
    waves: summaryOf(
      machines.mapRuns.filter(({ stage }) => stage === 'run'),
      active,
    ),
    runs: machines.mapRuns,
    idle: 1 - worked / possible,
    beside: (worked - objects.time / 1_000) / possible,
    usage: meter.usage,
    bill: billOf(meter.usage),
    batchOperationsFee: batchOperationsFee(scenario.objects),
    hottestWrite: meter.busiest('write '),
    hottestRead: meter.busiest('read '),
    hottestBlock: meter.busiest('write block ').perSecond,
    blocksRead: meter.peak('sum of the blocks'),
    blocksWritten: meter.peak('partition of the blocks, written'),
    transitionsPerSecond: meter.peak('transitions'),
    putsPerSecond: meter.peak('put'),
    getsPerSecond: meter.peak('get'),
    workersAtOnce: functions.most.get('worker') ?? 0,
    environmentsInTen: meter.peak('new environments of worker'),
    executions: machines.executionsStarted,
  };
}
