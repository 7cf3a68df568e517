import type { IncomingMessage } from 'node:http';
import { assumedRoleId } from '../sts/assume-role.ts';
import { assumedRoleArn, readSessionToken } from '../sts/session-credentials.ts';

/** Who called, as IAM would know them. */
export interface Caller {
  readonly accessKeyId: string;
  readonly accountId: string;
  /** The ARN of the account's root or of the assumed role. */
  readonly arn: string;
  /** The account's id, or `<role id>:<session name>`. */
  readonly userId: string;
}

/** Who signed the request: the role that its session token is of, or, with any other key, the account itself. */
export function callerOf(request: IncomingMessage, accessKeyId: string, account: string): Caller {
  const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
  const token = request.headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token');
  const session = typeof token === 'string' ? readSessionToken(token) : undefined;
  if (!session) {
    return { accessKeyId, accountId: account, arn: `arn:aws:iam::${account}:root`, userId: account };
  }
  const { roleArn, sessionName } = session;
  return {
    accessKeyId,
    accountId: roleArn.split(':')[4] ?? account,
    arn: assumedRoleArn(roleArn, sessionName),
    userId: assumedRoleId(roleArn, sessionName),
  };
}
