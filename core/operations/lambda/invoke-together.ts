import { randomBytes } from 'node:crypto';
import type { Clock } from '../../signed-http/clock.ts';
import { fullJitter } from '../../signed-http/patience.ts';
import type { Task, TaskContext } from '../operation.ts';
import { failed, succeeded, type TaskResult } from '../task-result.ts';
import { type LambdaAnswer, lambdaAnswers } from './lambda-answer.ts';
import { type EventForm, eventsOf, lambdaEvent } from './lambda-event.ts';

/**
 * Calls of a function that answers TemporaryFailure, and the milliseconds between them. S3 does not say how often it
 * calls again; six calls in some ten seconds outlast a hiccup, and leave it to the next job to outlast more.
 */
export const TEMPORARY_FAILURE_CALLS = 6;
const BETWEEN_CALLS = { baseDelay: 500, maxDelay: 30_000 };

/**
 * Invokes the function with the tasks, in as few calls as events have room for, one after another; then again with those
 * that failed for now. A result for each task, in their order.
 */
export async function invokeTogether(
  tasks: readonly Task[],
  form: EventForm,
  context: Pick<TaskContext, 'lambda' | 'signal'>,
  clock: Clock,
): Promise<TaskResult[]> {
  const results = new Map<Task, TaskResult>();
  let left = tasks;
  for (let calls = 1; left.length > 0; calls++) {
    const again: Task[] = [];
    for (const run of eventsOf(left, form)) {
      for (const [index, { result, isForNow }] of (await invoke(run, form, context)).entries()) {
        const task = run[index];
        if (task === undefined) continue;
        results.set(task, result);
        if (isForNow) again.push(task);
      }
    }
    if (again.length === 0 || calls === TEMPORARY_FAILURE_CALLS) break;
    await clock.sleep(fullJitter(calls, BETWEEN_CALLS, clock), context.signal);
    left = again;
  }
  return tasks.map((task) => {
    const result = results.get(task);
    if (result === undefined) throw new Error(`nothing became of task ${task.taskId}`);
    return result;
  });
}

/** What a call made of a task, and whether another call may make more of it. */
interface Outcome {
  readonly result: TaskResult;
  readonly isForNow: boolean;
}

/** One call. What keeps it from an answer is the result of each of its tasks. */
async function invoke(
  tasks: readonly Task[],
  form: EventForm,
  { lambda, signal }: Pick<TaskContext, 'lambda' | 'signal'>,
): Promise<Outcome[]> {
  const event = lambdaEvent(tasks, form, newInvocationId());
  const reply = await lambda.invoke(form.functionArn, JSON.stringify(event), signal);
  if (!reply.ok) return ofAll(tasks, failed(reply.httpStatus, reply.code, reply.message));
  if (reply.functionError !== undefined) {
    // The status is that of Invoke, which did what it was asked to.
    const message = `Lambda returned function error: ${reply.payload}`;
    return ofAll(tasks, failed(200, 'PermanentFailure', message));
  }
  return lambdaAnswers(reply.payload, event).map(outcomeOf);
}

function ofAll(tasks: readonly Task[], result: TaskResult): Outcome[] {
  return tasks.map(() => ({ result, isForNow: false }));
}

function outcomeOf({ resultCode, resultString }: LambdaAnswer): Outcome {
  if (resultCode === 'Succeeded') return { result: succeeded(resultString), isForNow: false };
  return { result: failed(200, resultCode, resultString), isForNow: resultCode === 'TemporaryFailure' };
}

/** Opaque, and of the form that functions have always been given. */
function newInvocationId(): string {
  return randomBytes(36).toString('base64');
}
