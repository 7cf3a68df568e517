import { CommandError } from '../errors.ts';
import type { Target } from './target.ts';

/** The account that jobs belong to: as given, or the caller's own, as STS tells it. */
export async function accountOf(target: Target): Promise<string> {
  if (target.account !== undefined) return target.account;
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ region: target.region, credentials: target.credentials });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (Account !== undefined) return Account;
  } finally {
    client.destroy();
  }
  throw new CommandError(
    'STS did not say which account these credentials are of. Give it with --account.',
    'NoAccount',
  );
}
