import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LambdaReply } from '../../../core/lambda/lambda-data-client.ts';
import { createLambdaInvoke, TEMPORARY_FAILURE_CALLS } from '../../../core/operations/lambda-invoke.ts';
import type { Task } from '../../../core/operations/operation.ts';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';
import { contextOf, ScriptedFunction, TASK } from './task-context.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:resize:live';

type Event = Record<string, unknown>;
type Reply = (event: Event) => LambdaReply;

/** A well-formed answer to the event, but for what is given. */
function answer(result: object, envelope: object = {}): Reply {
  return (event) =>
    payload(
      JSON.stringify({
        invocationSchemaVersion: '1.0',
        invocationId: event.invocationId,
        treatMissingKeysAs: 'PermanentFailure',
        results: [{ taskId: '7-12', ...result }],
        ...envelope,
      }),
    )(event);
}

function payload(text: string): Reply {
  return () => ({ ok: true, payload: text });
}

async function run(replies: readonly Reply[], task: Task = TASK, parameters = { FunctionArn: ARN }) {
  const lambda = new ScriptedFunction(...replies);
  const clock = new VirtualClock();
  const result = await createLambdaInvoke(clock).execute(task, parameters, contextOf({ lambda }));
  return { result, lambda, clock };
}

function failed(httpStatus: number, errorCode: string, message: string): TaskResult {
  return { status: 'failed', httpStatus, errorCode, message };
}

const INVALID = failed(200, 'PermanentFailure', 'Invalid JSON returned in Lambda payload');

describe('LambdaInvoke', () => {
  test('invokes the function with an event of schema 1.0', async () => {
    const { lambda } = await run([answer({ resultCode: 'Succeeded', resultString: 'done' })]);
    expect(lambda.calls).toEqual([
      {
        functionArn: ARN,
        event: {
          invocationSchemaVersion: '1.0',
          invocationId: expect.stringMatching(/^[A-Za-z0-9+/]{48}$/),
          job: { id: 'job-1' },
          tasks: [{ taskId: '7-12', s3Key: 'a+b/%C3%BC.jpg', s3VersionId: 'v1', s3BucketArn: 'arn:aws:s3:::photos' }],
        },
      },
    ]);
  });

  test('names no version where there is none, and the bucket in the function’s partition', async () => {
    const { versionId: _, ...task } = TASK;
    const FunctionArn = 'arn:aws-cn:lambda:cn-north-1:111122223333:function:resize';
    const { lambda } = await run([answer({ resultCode: 'Succeeded' })], task, { FunctionArn });
    const [sent] = lambda.calls[0]!.event.tasks as object[];
    expect(sent).toMatchObject({ s3VersionId: null, s3BucketArn: 'arn:aws-cn:s3:::photos' });
  });

  test.each<[string, Reply, TaskResult]>([
    [
      'a success, with the function’s string',
      answer({ resultCode: 'Succeeded', resultString: '["Mary", "John"]' }),
      { status: 'succeeded', httpStatus: 200, errorCode: '', message: '["Mary", "John"]' },
    ],
    [
      'a success without a string',
      answer({ resultCode: 'Succeeded' }),
      { status: 'succeeded', httpStatus: 200, errorCode: '', message: '' },
    ],
    [
      'a permanent failure',
      answer({ resultCode: 'PermanentFailure', resultString: 'no such thing' }),
      failed(200, 'PermanentFailure', 'no such thing'),
    ],
    [
      'a function that threw',
      () => ({ ok: true, payload: '{"errorMessage":"boom"}', functionError: 'Unhandled' }),
      failed(200, 'PermanentFailure', 'Lambda returned function error: {"errorMessage":"boom"}'),
    ],
    [
      'an invocation that was refused',
      () => ({ ok: false, httpStatus: 404, code: 'ResourceNotFoundException', message: 'Function not found' }),
      failed(404, 'ResourceNotFoundException', 'Function not found'),
    ],
    ['no JSON', payload('done'), INVALID],
    ['nothing', payload(''), INVALID],
    ['null', payload('null'), INVALID],
    ['JSON within JSON', payload('"{\\"results\\":[]}"'), INVALID],
    ['a list', payload('[]'), INVALID],
    ['an empty object', payload('{}'), INVALID],
    ['results that are no list', answer({}, { results: { taskId: '7-12' } }), INVALID],
    ['a result that is no object', answer({}, { results: [null] }), INVALID],
    ['a result without a code', answer({}), INVALID],
    ['a code that there is not', answer({ resultCode: 'succeeded' }), INVALID],
    ['a string that is none', answer({ resultCode: 'Succeeded', resultString: 7 }), INVALID],
    ['a task id that is a number', answer({ taskId: 7, resultCode: 'Succeeded' }), INVALID],
    ['a broken treatMissingKeysAs that matters', answer({ taskId: 'x' }, { treatMissingKeysAs: 'Succeeded' }), INVALID],
    [
      'another invocation schema',
      answer({ resultCode: 'Succeeded' }, { invocationSchemaVersion: '2.0' }),
      failed(200, 'PermanentFailure', 'Invalid response: invocationSchemaVersion must be 1.0'),
    ],
    [
      'the answer to another invocation',
      answer({ resultCode: 'Succeeded' }, { invocationId: 'other' }),
      failed(200, 'PermanentFailure', 'Invalid response: invocationId is not that of the request'),
    ],
    [
      'no result for the task, to be treated as a permanent failure',
      answer({ taskId: 'other', resultCode: 'Succeeded' }),
      failed(200, 'PermanentFailure', 'Lambda returned no result for the task'),
    ],
  ])('reports %s, after one call', async (_, reply, line) => {
    const { result, lambda } = await run([reply]);
    expect(result).toEqual(line);
    expect(lambda.calls).toHaveLength(1);
  });

  test('bears a broken treatMissingKeysAs that does not matter', async () => {
    const { result } = await run([answer({ resultCode: 'Succeeded' }, { treatMissingKeysAs: 'whatever' })]);
    expect(result.status).toBe('succeeded');
  });

  test('calls again after a temporary failure: the same task, another invocation', async () => {
    const { result, lambda, clock } = await run([
      answer({ resultCode: 'TemporaryFailure', resultString: 'busy' }),
      answer({}, { results: [], treatMissingKeysAs: null }),
      answer({ resultCode: 'Succeeded', resultString: 'done' }),
    ]);
    expect(result).toEqual({ status: 'succeeded', httpStatus: 200, errorCode: '', message: 'done' });
    expect(clock.sleeps).toEqual([250, 500]);
    const events = lambda.calls.map(({ event }) => event);
    expect(new Set(events.map(({ invocationId }) => invocationId)).size).toBe(3);
    expect(new Set(events.map(({ tasks }) => JSON.stringify(tasks))).size).toBe(1);
  });

  test('reports a failure that stayed temporary as that', async () => {
    const { result, lambda } = await run([answer({ resultCode: 'TemporaryFailure', resultString: 'busy' })]);
    expect(result).toEqual(failed(200, 'TemporaryFailure', 'busy'));
    expect(lambda.calls).toHaveLength(TEMPORARY_FAILURE_CALLS);
  });

  test('cuts what it reports, at a whole character', async () => {
    const resultString = `${'x'.repeat(1_023)}🦬🦬`;
    const { result } = await run([answer({ resultCode: 'Succeeded', resultString })]);
    expect(result.message).toBe('x'.repeat(1_023));
  });

  test('survives any answer', async () => {
    const anything = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((text) => `{"results":[${text}]}`),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const { result } = await run([payload(text)]);
        expect(result).toEqual(INVALID);
      }),
    );
  });

  test.each([
    [{ FunctionArn: ARN }, true],
    [{ FunctionArn: ARN, InvocationSchemaVersion: '1.0' }, true],
    [{ FunctionArn: ARN, InvocationSchemaVersion: '2.0' }, false],
    [{ FunctionArn: ARN, UserArguments: { a: 'b' } }, false],
    [{ FunctionArn: 'arn:aws:s3:::photos' }, false],
    [{}, false],
  ])('takes the parameters %j: %s', (parameters, valid) => {
    expect(createLambdaInvoke(new VirtualClock()).schema.safeParse(parameters).success).toBe(valid);
  });
});
