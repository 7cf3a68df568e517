import { describe, expect, test } from '@jest/globals';
import { parseDefinition } from '../../../local/stepfunctions/language/parse-definition.ts';
import { functionArn, single } from './harness.ts';
import { ITEMS_MAP, TURN_MACHINE } from './turn-machine.ts';

const task = { Type: 'Task', Resource: functionArn('f') };

test('takes the machines that the local cloud is there for', () => {
  expect(Object.keys(parseDefinition(JSON.stringify(TURN_MACHINE)).States)).toHaveLength(5);
});

describe('refuses by name', () => {
  test.each<[string, object, string]>([
    [
      'another resource',
      { ...task, Resource: 'arn:aws:states:::sqs:sendMessage' },
      "'arn:aws:states:::sqs:sendMessage'",
    ],
    ['a callback', { ...task, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }, 'waitForTaskToken'],
    ['JSONata', { ...task, QueryLanguage: 'JSONata' }, 'only JSONPath'],
    ['variables', { ...task, Assign: {} }, "Field 'Assign' is not known"],
    ['another type', { Type: 'Parallel', Branches: [] }, 'Type "Parallel" is not known'],
    ['a path that is no reference path', { ...task, InputPath: '$..a' }, 'at /States/Only/InputPath'],
    ['an intrinsic function', { ...task, Parameters: { 'a.$': 'States.UUID()' } }, 'States.UUID is not known'],
    ['a template whose path is none', { ...task, Parameters: { 'a.$': 'b' } }, "field 'a.$'"],
    [
      'States.ALL among others',
      { ...task, Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] },
      'States.ALL must stand alone',
    ],
    [
      'a comparison',
      { Type: 'Choice', Choices: [{ Variable: '$.a', Like: 'x', Next: 'Only' }] },
      "'Like' is not known",
    ],
    [
      'an operand of another type',
      { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: '1', Next: 'Only' }] },
      'The value of NumericEquals is not of its type',
    ],
    ['a Wait of two lengths', { Type: 'Wait', Seconds: 1, SecondsPath: '$.s' }, 'must have one of Seconds'],
    ['a Catch to nowhere', { ...task, Catch: [{ ErrorEquals: ['X'], Next: 'Gone' }] }, "there is no state 'Gone'"],
    ['ItemBatcher', { ...ITEMS_MAP, ItemBatcher: { MaxItemsPerBatch: 10 } }, "Field 'ItemBatcher' is not known"],
    ['ResultWriter', { ...ITEMS_MAP, ResultWriter: {} }, "Field 'ResultWriter' is not known"],
    ['both ways to say one number', { ...ITEMS_MAP, MaxConcurrency: 1 }, 'exclude each other'],
    [
      'a listing as reader',
      { ...ITEMS_MAP, ItemReader: { ...ITEMS_MAP.ItemReader, Resource: 'arn:aws:states:::s3:listObjectsV2' } },
      'only arn:aws:states:::s3:getObject',
    ],
    [
      'EXPRESS children',
      {
        ...ITEMS_MAP,
        ItemProcessor: {
          ...ITEMS_MAP.ItemProcessor,
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        },
      },
      'only ExecutionType STANDARD',
    ],
    [
      'an inline Map',
      { ...ITEMS_MAP, ItemProcessor: { ...ITEMS_MAP.ItemProcessor, ProcessorConfig: undefined } },
      'a Map state of mode INLINE is not known',
    ],
    [
      'what is wrong within a Map',
      { ...ITEMS_MAP, ItemProcessor: { ...ITEMS_MAP.ItemProcessor, StartAt: 'Gone' } },
      "StartAt is 'Gone', which is no state at /States/Only/ItemProcessor",
    ],
  ])('%s', (_what, state, message) => {
    expect(() => parseDefinition(JSON.stringify(single(state)))).toThrow(message);
  });

  test('a state that neither ends nor goes on', () => {
    expect(() => parseDefinition('{"StartAt":"A","States":{"A":{"Type":"Pass"}}}')).toThrow(
      'must have either Next or End',
    );
  });

  test.each(['', 'not json', '[]', '{}', '{"StartAt":"A","States":{}}'])('the text %j', (text) => {
    expect(() => parseDefinition(text)).toThrow(/^(INVALID_JSON_DESCRIPTION|SCHEMA_VALIDATION_FAILED): /);
  });
});
