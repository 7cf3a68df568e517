import { createHash } from 'node:crypto';

/** Whose session a set of temporary credentials stands for. */
export interface Session {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly expiration: Date;
}

/** Temporary credentials, as every AWS SDK takes them. */
export interface SessionCredentials {
  /** `ASIA`, the role's name as far as it can be spelled in such an id, and a hash of the session. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Holds the whole session, so that nothing has to be remembered. */
  readonly sessionToken: string;
}

/** Of the role's name in the access key id. */
const NAME_LETTERS = 40;

/** Credentials of that session. The same session always gets the same ones. */
export function sessionCredentials({ roleArn, sessionName, expiration }: Session): SessionCredentials {
  const content = JSON.stringify([roleArn, sessionName, expiration.getTime()]);
  const sessionToken = Buffer.from(content).toString('base64');
  const hash = createHash('sha256').update(content);
  const secretAccessKey = hash.copy().update('secret').digest('base64').slice(0, 40);
  const name = (roleArn.split('/').at(-1) ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
  const accessKeyId = `ASIA${name.slice(0, NAME_LETTERS)}${hash.digest('hex').slice(0, 12).toUpperCase()}`;
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** The session that a token stands for, or undefined if it is not one of ours. */
export function readSessionToken(token: string): Session | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    if (!Array.isArray(content)) return undefined;
    const [roleArn, sessionName, expiration]: unknown[] = content;
    if (typeof roleArn !== 'string' || typeof sessionName !== 'string' || typeof expiration !== 'number') {
      return undefined;
    }
    return { roleArn, sessionName, expiration: new Date(expiration) };
  } catch {
    return undefined;
  }
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>`: the role's path is not part of it. */
export function assumedRoleArn(roleArn: string, sessionName: string): string {
  const [, partition = 'aws', , , account = '', ...resource] = roleArn.split(':');
  const role = resource.join(':').split('/').at(-1) ?? '';
  return `arn:${partition}:sts::${account}:assumed-role/${role}/${sessionName}`;
}
