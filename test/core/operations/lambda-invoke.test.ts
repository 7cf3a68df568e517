import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LambdaReply } from '../../../core/lambda/lambda-data-client.ts';
import { TEMPORARY_FAILURE_CALLS } from '../../../core/operations/lambda/invoke-together.ts';
import { createLambdaInvoke, lambdaInvoke } from '../../../core/operations/lambda-invoke.ts';
import type { Operation, Task } from '../../../core/operations/operation.ts';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';
import { contextOf, refusal, ScriptedFunction, ScriptedS3, answer as s3Answer, TASK } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

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

type Parameters = typeof lambdaInvoke extends Operation<infer P> ? P : never;

async function run(replies: readonly Reply[], task: Task = TASK, parameters: Parameters = { FunctionArn: ARN }) {
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

  test('invokes the function with an event of schema 2.0, and the job’s arguments', async () => {
    const parameters = { FunctionArn: ARN, InvocationSchemaVersion: '2.0', UserArguments: { size: '1', empty: '' } };
    const done = answer({ resultCode: 'Succeeded', resultString: 'done' }, { invocationSchemaVersion: '2.0' });
    const { lambda, result } = await run([done], TASK, parameters);
    expect(result.status).toBe('succeeded');
    expect(lambda.calls).toEqual([
      {
        functionArn: ARN,
        event: {
          invocationSchemaVersion: '2.0',
          invocationId: expect.stringMatching(/^[A-Za-z0-9+/]{48}$/),
          job: { id: 'job-1', userArguments: { size: '1', empty: '' } },
          tasks: [{ taskId: '7-12', s3Key: 'a+b/%C3%BC.jpg', s3VersionId: 'v1', s3Bucket: 'photos' }],
        },
      },
    ]);
    const bare = await run([done], TASK, { ...parameters, UserArguments: undefined });
    expect(bare.lambda.calls[0]?.event.job).toEqual({ id: 'job-1' });
    const old = await run([answer({ resultCode: 'Succeeded' })], TASK, parameters);
    expect(old.result).toEqual(
      failed(200, 'PermanentFailure', 'Invalid response: invocationSchemaVersion must be 2.0'),
    );
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
      'two results for the task',
      (event) => {
        const result = { taskId: '7-12', resultCode: 'Succeeded' };
        return answer({}, { results: [result, result] })(event);
      },
      failed(200, 'PermanentFailure', 'Invalid response: several results for the task'),
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

  test.each<[string, object, string]>([
    ['no schema version', {}, ''],
    ['schema 1.0', { InvocationSchemaVersion: '1.0' }, ''],
    ['schema 2.0', { InvocationSchemaVersion: '2.0' }, ''],
    ['schema 2.0 with arguments', { InvocationSchemaVersion: '2.0', UserArguments: { a: 'b' } }, ''],
    ['a name', { FunctionArn: 'resize' }, ''],
    ['another account', { FunctionArn: 'arn:aws:lambda:eu-west-1:999999999999:function:f' }, ''],
    [
      'another schema',
      { InvocationSchemaVersion: '3.0' },
      'Operation.LambdaInvoke.InvocationSchemaVersion must be 1.0 or 2.0, not "3.0".',
    ],
    [
      'arguments without a schema version',
      { UserArguments: { a: 'b' } },
      'Operation.LambdaInvoke.UserArguments needs InvocationSchemaVersion 2.0: events of schema 1.0 have no place for arguments.',
    ],
    ['arguments in schema 1.0', { InvocationSchemaVersion: '1.0', UserArguments: { a: 'b' } }, 'UserArguments needs'],
    ['no arguments at all', { InvocationSchemaVersion: '2.0', UserArguments: {} }, 'must have 1 to 10 entries'],
    ['another service', { FunctionArn: 'arn:aws:s3:::photos' }, 'must be the ARN of a Lambda function'],
    [
      'another partition',
      { FunctionArn: 'arn:aws-cn:lambda:cn-north-1:111122223333:function:f' },
      "Operation.LambdaInvoke.FunctionArn is in the partition aws-cn, and the job's role in aws",
    ],
  ])('is asked for with %s', (_, parameters, refused) => {
    const why = whyRefused({ LambdaInvoke: { FunctionArn: ARN, ...parameters } });
    if (refused === '') expect(why).toBe('');
    else expect(why).toContain(refused);
  });

  test.each([
    [undefined, 1, 500],
    [1, 1, 500],
    [10, 10, 5_000],
    [1_000, 1_000, 20_000],
  ])('with TasksPerInvocation %j has batches of %i and shards of %i', (TasksPerInvocation, size, shard) => {
    const parameters = { FunctionArn: ARN, TasksPerInvocation };
    expect([lambdaInvoke.batch?.size(parameters), lambdaInvoke.tasksPerShard(parameters)]).toEqual([size, shard]);
  });

  test('takes from 1 to 1,000 tasks in an invocation', () => {
    const why = (TasksPerInvocation: number) =>
      whyRefused({ LambdaInvoke: { FunctionArn: ARN }, Drover: { LambdaInvoke: { TasksPerInvocation } } });
    expect([why(1), why(1_000)]).toEqual(['', '']);
    for (const wrong of [0, 1_001, 1.5])
      expect(why(wrong)).toContain('TasksPerInvocation must be a whole number from 1 to');
  });

  test.each([
    ['the object', s3Answer('', { 'content-length': '7' }), `Would invoke ${ARN} with 7 bytes`],
    [
      'no object: S3 invokes the function all the same',
      refusal(404, 'NoSuchKey', '-'),
      `Would invoke ${ARN}, although a look at the object ends in NoSuchKey`,
    ],
  ])('tells in a dry run of %s, and invokes nothing', async (_, reply, says) => {
    const context = contextOf({ s3: new ScriptedS3(reply) });
    const examination = await lambdaInvoke.examine(TASK, { FunctionArn: ARN }, context);
    expect(examination).toEqual({ finding: 'change', says });
  });
});
