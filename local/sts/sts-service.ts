import type { IncomingMessage } from 'node:http';
import { answerQuery, type QueryService } from '../server/query-protocol.ts';
import type { CloudIdentity, LocalService } from '../service.ts';
import { assumedRoleId, assumeRole, type Caller } from './assume-role.ts';
import { assumedRoleArn, readSessionToken } from './session-credentials.ts';
import { StsRefusal } from './sts-refusal.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** STS on one machine: AssumeRole and GetCallerIdentity over the query protocol. It remembers nothing. */
export function createStsService(options: {
  readonly identity: CloudIdentity;
  /** ARNs of roles that nobody may assume. Read at each request. */
  readonly deniedRoles?: ReadonlySet<string>;
}): LocalService {
  const deniedRoles = options.deniedRoles ?? new Set<string>();
  const sts: QueryService = {
    name: 'STS',
    namespace: NAMESPACE,
    answer: async (action, form, request) => answer(action, form, identify(request, options.identity), deniedRoles),
  };
  return {
    handle: (request, response) => answerQuery(sts, request, response),
    async stop() {},
  };
}

function answer(action: string, form: URLSearchParams, caller: Caller, deniedRoles: ReadonlySet<string>): object {
  switch (action) {
    case 'GetCallerIdentity':
      return { Arn: caller.arn, UserId: caller.userId, Account: caller.account };
    case 'AssumeRole': {
      const role = assumeRole(form, caller, deniedRoles);
      return {
        AssumedRoleUser: { AssumedRoleId: role.assumedRoleId, Arn: role.arn },
        Credentials: {
          AccessKeyId: role.accessKeyId,
          SecretAccessKey: role.secretAccessKey,
          SessionToken: role.sessionToken,
          Expiration: role.expiration.toISOString().replace('.000Z', 'Z'),
        },
      };
    }
    default:
      throw new StsRefusal(
        'InvalidAction',
        400,
        `The local STS knows AssumeRole and GetCallerIdentity, not '${action}'`,
      );
  }
}

/** Who has signed the request: told by the session token, so that a restart forgets nobody. */
function identify(request: IncomingMessage, { account }: CloudIdentity): Caller {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const token = request.headers['x-amz-security-token'] ?? url.searchParams.get('X-Amz-Security-Token');
  const session = typeof token === 'string' ? readSessionToken(token) : undefined;
  if (session === undefined) return { arn: `arn:aws:iam::${account}:root`, userId: account, account, assumed: false };
  if (session.expiration.getTime() <= Date.now()) {
    throw new StsRefusal('ExpiredToken', 403, 'The security token included in the request is expired');
  }
  const { roleArn, sessionName } = session;
  return {
    arn: assumedRoleArn(roleArn, sessionName),
    userId: assumedRoleId(roleArn, sessionName),
    account: roleArn.split(':')[4] ?? account,
    assumed: true,
  };
}
