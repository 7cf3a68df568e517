import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LambdaReply } from '../../../../core/lambda/lambda-data-client.ts';
import { TEMPORARY_FAILURE_CALLS } from '../../../../core/operations/lambda/invoke-together.ts';
import { createLambdaInvoke } from '../../../../core/operations/lambda-invoke.ts';
import type { Task } from '../../../../core/operations/operation.ts';
import { failed, succeeded } from '../../../../core/operations/task-result.ts';
import { VirtualClock } from '../../signed-http/virtual-clock.ts';
import { contextOf, ScriptedFunction } from '../task-context.ts';

const FunctionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:resize';

interface Result {
  readonly taskId: string;
  readonly resultCode: string;
  readonly resultString?: string;
}

/** Answers an event with these results, in the form that it wants. */
function answering(resultsOf: (taskIds: string[]) => readonly Result[], envelope: object = {}) {
  return (event: Record<string, unknown>): LambdaReply => {
    const { invocationSchemaVersion, invocationId } = event;
    const results = resultsOf(taskIdsIn(event));
    return { ok: true, payload: JSON.stringify({ invocationSchemaVersion, invocationId, results, ...envelope }) };
  };
}

const taskIdsIn = (event: Record<string, unknown>): string[] =>
  (event.tasks as { taskId: string }[]).map(({ taskId }) => taskId);
const ok = (taskId: string): Result => ({ taskId, resultCode: 'Succeeded', resultString: `did ${taskId}` });
const busy = (taskId: string): Result => ({ taskId, resultCode: 'TemporaryFailure', resultString: 'busy' });
const broken = (taskId: string): Result => ({ taskId, resultCode: 'PermanentFailure', resultString: 'broken' });
const done = (taskId: string) => succeeded(`did ${taskId}`);
const MISSING = 'Lambda returned no result for the task';

function tasksOf(count: number, key = 'k'): Task[] {
  return Array.from({ length: count }, (_, n) => ({ bucket: 'photos', key, manifestKey: key, taskId: `0-${n}` }));
}

async function run(tasks: readonly Task[], ...replies: ((event: Record<string, unknown>) => LambdaReply)[]) {
  const lambda = new ScriptedFunction(...replies);
  const clock = new VirtualClock();
  const parameters = { FunctionArn, TasksPerInvocation: 1_000 };
  const results = await createLambdaInvoke(clock).batch!.execute(tasks, parameters, contextOf({ lambda }));
  return { results, clock, calls: lambda.calls.map(({ event }) => taskIdsIn(event)), events: lambda.calls };
}

describe('an invocation with several tasks', () => {
  test('is one event, and its results are matched by their ids in whatever order', async () => {
    const { results, calls, events } = await run(
      tasksOf(3),
      answering((ids) => ids.toReversed().map((id) => (id === '0-1' ? broken(id) : ok(id)))),
    );
    expect(results).toEqual([done('0-0'), failed(200, 'PermanentFailure', 'broken'), done('0-2')]);
    expect(calls).toEqual([['0-0', '0-1', '0-2']]);
    expect(events[0]?.event.tasks).toContainEqual({
      taskId: '0-1',
      s3Key: 'k',
      s3VersionId: null,
      s3BucketArn: 'arn:aws:s3:::photos',
    });
  });

  test('is made again for those that failed for now, and only those', async () => {
    const { results, calls, clock } = await run(
      tasksOf(4),
      answering((ids) => ids.map((id) => (id === '0-0' ? ok(id) : busy(id)))),
      answering((ids) => ids.map((id) => (id === '0-1' ? broken(id) : busy(id)))),
      answering((ids) => ids.map(ok)),
    );
    expect(results).toEqual([done('0-0'), failed(200, 'PermanentFailure', 'broken'), done('0-2'), done('0-3')]);
    expect(calls).toEqual([
      ['0-0', '0-1', '0-2', '0-3'],
      ['0-1', '0-2', '0-3'],
      ['0-2', '0-3'],
    ]);
    expect(clock.sleeps).toEqual([250, 500]);
  });

  test('fails what stayed temporary, and nothing else', async () => {
    const { results, calls } = await run(
      tasksOf(2),
      answering((ids) => ids.map((id) => (id === '0-0' ? ok(id) : busy(id)))),
    );
    expect(results).toEqual([done('0-0'), failed(200, 'TemporaryFailure', 'busy')]);
    expect(calls).toHaveLength(TEMPORARY_FAILURE_CALLS);
  });

  test.each([
    ['again where it says nothing of that', {}, 'TemporaryFailure', TEMPORARY_FAILURE_CALLS],
    [
      'again by treatMissingKeysAs',
      { treatMissingKeysAs: 'TemporaryFailure' },
      'TemporaryFailure',
      TEMPORARY_FAILURE_CALLS,
    ],
    ['no more by treatMissingKeysAs', { treatMissingKeysAs: 'PermanentFailure' }, 'PermanentFailure', 1],
  ])('calls for tasks that its answer leaves out %s', async (_, envelope, code, times) => {
    const onlyFirst = answering((ids) => ids.filter((id) => id === '0-0').map(ok), envelope);
    const { results, calls } = await run(tasksOf(3), onlyFirst);
    expect(results).toEqual([done('0-0'), failed(200, code, MISSING), failed(200, code, MISSING)]);
    expect(calls).toHaveLength(times);
    expect(calls.slice(1).every((ids) => ids.join() === '0-1,0-2')).toBe(true);
  });

  test('fails a task with two results, or a broken one, and bears results that nobody asked for', async () => {
    const { results, calls } = await run(
      tasksOf(4),
      answering(() => [
        ok('0-0'),
        ok('0-1'),
        broken('0-1'),
        { ...ok('0-2'), resultCode: 'Fine' },
        ok('0-3'),
        ok('9-9'),
      ]),
    );
    expect(results).toEqual([
      done('0-0'),
      failed(200, 'PermanentFailure', 'Invalid response: several results for the task'),
      failed(200, 'PermanentFailure', 'Invalid JSON returned in Lambda payload'),
      done('0-3'),
    ]);
    expect(calls).toHaveLength(1);
  });

  test.each<[string, LambdaReply, object]>([
    [
      'a function that threw',
      { ok: true, payload: '{"errorMessage":"boom"}', functionError: 'Unhandled' },
      failed(200, 'PermanentFailure', 'Lambda returned function error: {"errorMessage":"boom"}'),
    ],
    [
      'an answer that is too long, which Lambda makes a function error',
      { ok: true, payload: '{"errorType":"Function.ResponseSizeTooLarge"}', functionError: 'Unhandled' },
      failed(200, 'PermanentFailure', 'Lambda returned function error: {"errorType":"Function.ResponseSizeTooLarge"}'),
    ],
    [
      'a refusal',
      { ok: false, httpStatus: 403, code: 'AccessDeniedException', message: 'no' },
      failed(403, 'AccessDeniedException', 'no'),
    ],
    [
      'what is no answer',
      { ok: true, payload: 'done' },
      failed(200, 'PermanentFailure', 'Invalid JSON returned in Lambda payload'),
    ],
  ])('that ends in %s fails all its tasks', async (_, reply, line) => {
    const { results, calls } = await run(tasksOf(3), () => reply);
    expect(results).toEqual([line, line, line]);
    expect(calls).toHaveLength(1);
  });

  test('is split where its event would be longer than Lambda takes', async () => {
    const tasks = tasksOf(1_000, '\u0001'.repeat(2_000));
    const { results, calls, events } = await run(
      tasks,
      answering((ids) => ids.map(ok)),
    );
    expect(results).toEqual(tasks.map(({ taskId }) => done(taskId)));
    expect(calls.flat()).toEqual(tasks.map(({ taskId }) => taskId));
    const bytes = events.map(({ event }) => Buffer.byteLength(JSON.stringify(event)));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(Math.min(...bytes.slice(0, -1))).toBeGreaterThan(6 * 1024 * 1024 - 13_000);
    expect(calls).toHaveLength(2);
  });

  test('gives each task the result that its function gave last, however it answers', async () => {
    const word = fc.constantFrom('Succeeded', 'TemporaryFailure', 'PermanentFailure', 'left out');
    const plan = fc.array(fc.array(word, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(plan, async (words) => {
        let call = 0;
        const said = (id: string, at: number): string => {
          const own = words[Number(id.slice(2))] ?? [];
          return own[Math.min(at, own.length - 1)] ?? '';
        };
        const { results } = await run(tasksOf(words.length), (event) => {
          const at = call++;
          const results = (ids: string[]): Result[] =>
            ids.filter((id) => said(id, at) !== 'left out').map((taskId) => ({ taskId, resultCode: said(taskId, at) }));
          return answering(results)(event);
        });
        const last = words.map((own) => {
          const all = Array.from(
            { length: TEMPORARY_FAILURE_CALLS },
            (_, at) => own[Math.min(at, own.length - 1)] ?? '',
          );
          const final = all.find((one) => one === 'Succeeded' || one === 'PermanentFailure');
          return final ?? 'TemporaryFailure';
        });
        expect(results.map(({ errorCode }) => errorCode || 'Succeeded')).toEqual(last);
      }),
    );
  });
});
