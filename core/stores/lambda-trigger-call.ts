import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Asks the trigger function, by an asynchronous invocation, to look at one trigger now. Never fails. */
export function createTriggerCall(
  client: LambdaClient,
  functionName: string,
  log: (message: string, details?: Readonly<Record<string, unknown>>) => void,
): (trigger: string) => Promise<void> {
  return async (trigger) => {
    const Payload = Buffer.from(JSON.stringify({ trigger }));
    try {
      await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
    } catch (error) {
      // What the caller did stands without it: each minute all triggers are looked at.
      log('the trigger function could not be called', { trigger, error: String(error) });
    }
  };
}
