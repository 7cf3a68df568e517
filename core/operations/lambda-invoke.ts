import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { LambdaReply } from '../lambda/lambda-data-client.ts';
import { type Clock, systemClock } from '../signed-http/clock.ts';
import { fullJitter } from '../signed-http/patience.ts';
import { lambdaAnswer } from './lambda-answer.ts';
import { lambdaEvent } from './lambda-event.ts';
import type { Operation, TaskContext } from './operation.ts';
import { PARAMETERS } from './schema.ts';
import { failed, succeeded, type TaskResult } from './task-result.ts';

/**
 * Calls of a function that answers TemporaryFailure, and the milliseconds between them. S3 does not say how often it
 * calls again; six calls in some ten seconds outlast a hiccup, and leave it to the next job to outlast more.
 */
export const TEMPORARY_FAILURE_CALLS = 6;
const BETWEEN_CALLS = { baseDelay: 500, maxDelay: 30_000 };

const parameters = PARAMETERS.LambdaInvoke;
type Parameters = z.infer<typeof parameters>;

export const lambdaInvoke: Operation<Parameters> = createLambdaInvoke(systemClock);

/** @param clock paces the calls after a temporary failure. */
export function createLambdaInvoke(clock: Clock): Operation<Parameters> {
  return {
    name: 'LambdaInvoke',
    summary: 'Invokes a Lambda function with each object.',
    schema: parameters,
    roleActions: ['lambda:InvokeFunction'],
    concurrency: 16,
    invokesFunctions: true,
    repetition: 'Invokes the function again with the same task: the function must bear that.',
    differences: [],
    knowsUnchanged: false,
    tasksPerShard: () => 500,
    // Written with the batch: see issue's helper.
    async examine() {
      return { finding: 'change', says: 'Would invoke the function' };
    },
    async execute(task, { FunctionArn }, context) {
      for (let calls = 1; ; calls++) {
        const event = lambdaEvent(task, context.jobId, newInvocationId(), FunctionArn);
        const reply = await context.lambda.invoke(FunctionArn, JSON.stringify(event), context.signal);
        if (!reply.ok) return refusal(reply);
        if (reply.functionError !== undefined) return functionError(reply.payload);
        const answer = lambdaAnswer(reply.payload, event);
        if (answer.resultCode === 'Succeeded') return succeeded(answer.resultString);
        if (answer.resultCode === 'PermanentFailure' || calls === TEMPORARY_FAILURE_CALLS) {
          return failed(200, answer.resultCode, answer.resultString);
        }
        await pause(calls, clock, context);
      }
    },
  };
}

async function pause(calls: number, clock: Clock, context: TaskContext): Promise<void> {
  await clock.sleep(fullJitter(calls, BETWEEN_CALLS, clock), context.signal);
}

/** Opaque, and of the form that functions have always been given. */
function newInvocationId(): string {
  return randomBytes(36).toString('base64');
}

function refusal(reply: LambdaReply & { ok: false }): TaskResult {
  return failed(reply.httpStatus, reply.code, reply.message);
}

/** The status is that of Invoke, which did what it was asked to. */
function functionError(payload: string): TaskResult {
  return failed(200, 'PermanentFailure', `Lambda returned function error: ${payload}`);
}
