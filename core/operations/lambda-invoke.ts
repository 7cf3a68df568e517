import type { z } from 'zod';
import { explainHead } from '../s3/requests/explain-head.ts';
import { headObject } from '../s3/requests/head-object.ts';
import { type Clock, systemClock } from '../signed-http/clock.ts';
import { invocationProblems, schemaVersionOf } from './lambda/check-invocation.ts';
import { invokeTogether } from './lambda/invoke-together.ts';
import type { EventForm } from './lambda/lambda-event.ts';
import type { Operation, Task, TaskContext } from './operation.ts';
import { PARAMETERS } from './schema.ts';
import type { TaskResult } from './task-result.ts';

const parameters = PARAMETERS.LambdaInvoke;
type Parameters = z.infer<typeof parameters>;

/** Tasks of a shard where each is a call, and at most where calls have many. */
const TASKS_PER_SHARD = { alone: 500, together: 20_000 };

export const lambdaInvoke: Operation<Parameters> = createLambdaInvoke(systemClock);

/** @param clock paces the calls after a temporary failure. */
export function createLambdaInvoke(clock: Clock): Operation<Parameters> {
  async function invoke(tasks: readonly Task[], asked: Parameters, context: TaskContext): Promise<TaskResult[]> {
    return await invokeTogether(tasks, eventForm(asked, context), context, clock);
  }
  return {
    name: 'LambdaInvoke',
    summary: 'Invokes a Lambda function with each object, or with many at once.',
    schema: parameters,
    roleActions: ['lambda:InvokeFunction'],
    examineActions: ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket'],
    concurrency: 16,
    invokesFunctions: true,
    repetition: 'Invokes the function again with the same tasks: the function must bear that.',
    differences: [
      'A task that fails with TemporaryFailure is invoked again up to five times within some ten seconds, and reported ' +
        'as failed then; how often S3 does so, and when, is not published.',
      'A function should end within 14 minutes: a call that outlasts the worker that waits for it is given up and made ' +
        'again by another, and a task that has outlasted three workers is reported as failed, with the code WorkerCrashed.',
      'At most 100 invocations of one job run at a time unless MaxConcurrentInvocations says otherwise; S3 runs up to ' +
        'about 1,000.',
      'An answer that names a task twice fails it with PermanentFailure; what S3 does then is not published.',
    ],
    knowsUnchanged: false,
    tasksPerShard: ({ TasksPerInvocation = 1 }) =>
      Math.min(TASKS_PER_SHARD.alone * TasksPerInvocation, TASKS_PER_SHARD.together),
    requestsPerTask: ({ TasksPerInvocation = 1 }) => ({ invocations: 1 / TasksPerInvocation }),
    checkRequest: invocationProblems,
    async examine(task, { FunctionArn }, { s3, signal }) {
      const says = `Would invoke ${FunctionArn}`;
      const reply = await headObject(s3, task, signal);
      if (reply.ok) return { finding: 'change', says: `${says} with ${reply.headers['content-length'] ?? '?'} bytes` };
      // The function is given keys, whatever is there: it may want just those that are not.
      const { code } = await explainHead(s3, task, reply, signal);
      return { finding: 'change', says: `${says}, although a look at the object ends in ${code}` };
    },
    async execute(task, asked, context) {
      const [result] = await invoke([task], asked, context);
      if (result === undefined) throw new Error(`nothing became of task ${task.taskId}`);
      return result;
    },
    batch: {
      size: ({ TasksPerInvocation = 1 }) => TasksPerInvocation,
      execute: invoke,
    },
  };
}

function eventForm(asked: Parameters, { jobId }: TaskContext): EventForm {
  return {
    version: schemaVersionOf(asked),
    jobId,
    functionArn: asked.FunctionArn,
    userArguments: asked.UserArguments,
  };
}
