import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { FUNCTION_GIGABYTES } from '../../core/estimate/function-memory.ts';
import { droverStack } from './synthesized.ts';

/** Beginnings of the functions' logical ids (lib/functions/engine-functions.ts). */
const IDS = { worker: 'Worker', 'prepare-chunk': 'PrepareChunk', 'report-range': 'ReportRange', run: 'RunTurn' };

test.each(Object.entries(IDS))('an estimate knows the memory of %s', (name, id) => {
  const functions = Object.entries(Template.fromStack(droverStack()).findResources('AWS::Lambda::Function'));
  const found = functions.find(([logicalId]) => new RegExp(`^(Drover)?${id}Function`).test(logicalId));
  expect(found?.[1]['Properties'].MemorySize).toBe(1_024 * FUNCTION_GIGABYTES[name as keyof typeof IDS]);
});
