import { Template } from 'aws-cdk-lib/assertions';
import { droverStack } from '../../test/lib/synthesized.ts';
import type { JobFunction } from '../engine/job-driver.ts';

/** Beginnings of the functions' logical ids (lib/functions/engine-functions.ts), under the construct Drover. */
const IDS: Readonly<Record<JobFunction, string>> = {
  scheduler: 'Scheduler',
  prepare: 'PrepareTurn',
  'prepare-chunk': 'PrepareChunk',
  run: 'RunTurn',
  worker: 'Worker',
  report: 'ReportTurn',
  'report-range': 'ReportRange',
};

/** MB of memory that each function has in the template. */
export function functionMemories(): Readonly<Record<JobFunction, number>> {
  const functions = Object.entries(Template.fromStack(droverStack()).findResources('AWS::Lambda::Function'));
  const memoryOf = (id: string): number => {
    const found = functions.find(([logicalId]) => new RegExp(`^(Drover)?${id}Function`).test(logicalId));
    const memory: unknown = found?.[1]['Properties']?.MemorySize;
    if (typeof memory !== 'number') throw new Error(`the template has no function ${id} with a MemorySize`);
    return memory;
  };
  return Object.fromEntries(Object.entries(IDS).map(([name, id]) => [name, memoryOf(id)])) as Record<
    JobFunction,
    number
  >;
}
