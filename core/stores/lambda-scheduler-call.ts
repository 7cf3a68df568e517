import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SchedulerCall } from './executions.ts';

/** Asks the scheduler by an asynchronous invocation: Lambda keeps it until it has run. */
export function createSchedulerCall(
  client: LambdaClient,
  functionName: string,
  log: (message: string, details?: Readonly<Record<string, unknown>>) => void,
): SchedulerCall {
  return async (jobId) => {
    const payload = JSON.stringify(jobId === undefined ? {} : { jobId });
    try {
      await client.send(
        new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: Buffer.from(payload) }),
      );
    } catch (error) {
      // What the caller did stands without it: the sweeper asks again within a minute.
      log('the scheduler could not be called', { jobId, error: String(error) });
    }
  };
}
