import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { sweep } from '../../core/scheduling/sweep.ts';
import { lambda } from '../runtime/aws-clients.ts';
import { engineDependencies, executions } from '../runtime/engine.ts';

/** Invoked each minute. */
export async function handler(): Promise<void> {
  await sweep({ ...engineDependencies(), executions: executions(), accountConcurrency });
}

async function accountConcurrency(): Promise<number> {
  const { AccountLimit } = await lambda().send(new GetAccountSettingsCommand({}));
  const limit = AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions;
  if (limit === undefined) throw new Error('Lambda did not tell the concurrency of this account');
  return limit;
}
