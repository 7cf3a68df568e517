import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { JobTrouble } from '../job/job-trouble.ts';
import { type Clock, systemClock } from '../signed-http/clock.ts';
import type { CredentialSource, Credentials } from '../signed-http/credentials.ts';

export interface RoleCredentialsOptions {
  readonly sts: Pick<STSClient, 'send'>;
  readonly roleArn: string;
  /** Also the session's name: CloudTrail then says which job did what. */
  readonly jobId: string;
  /** The deployment's; roles may ask for it in their trust policy. */
  readonly externalId: string;
  readonly clock?: Clock;
}

/** A role assumed with the credentials of a role lasts one hour at most (role chaining, IAM User Guide). */
const DURATION_SECONDS = 3_600;

/** Credentials with less than this to go, in milliseconds, are renewed before they are used. */
const RENEW_BEFORE = 5 * 60_000;

/**
 * The credentials of a job's role, assumed when first asked for, kept, and renewed before they end; one renewal at a
 * time. When the role cannot be assumed it is the job that is in trouble, not a task.
 */
export function roleCredentials(options: RoleCredentialsOptions): CredentialSource {
  const clock = options.clock ?? systemClock;
  let current: Credentials | undefined;
  let renewal: Promise<Credentials> | undefined;

  function renew(): Promise<Credentials> {
    renewal ??= assume(options)
      .then((credentials) => {
        current = credentials;
        return credentials;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  }

  return async ({ fresh = false } = {}) => {
    const left = (current?.expiration?.getTime() ?? 0) - clock.now();
    return current === undefined || fresh || left < RENEW_BEFORE ? renew() : current;
  };
}

async function assume({ sts, roleArn, jobId, externalId }: RoleCredentialsOptions): Promise<Credentials> {
  const input = { RoleArn: roleArn, RoleSessionName: jobId, ExternalId: externalId, DurationSeconds: DURATION_SECONDS };
  try {
    const { Credentials: given } = await sts.send(new AssumeRoleCommand(input));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error('STS answered no credentials');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  } catch (error) {
    throw cannotAssume(roleArn, error);
  }
}

function cannotAssume(roleArn: string, cause: unknown): JobTrouble {
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const reason = `The role ${roleArn} cannot be assumed: ${said}`;
  return new JobTrouble('RoleCannotBeAssumed', reason.slice(0, 256), { cause });
}
