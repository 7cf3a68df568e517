import { createHash } from 'node:crypto';
import { assumedRoleArn, sessionCredentials } from './session-credentials.ts';
import { StsRefusal, validationError } from './sts-refusal.ts';

/** Who asks: an assumed role's session, or (with any other key) the account itself. */
export interface Caller {
  readonly arn: string;
  readonly userId: string;
  readonly account: string;
  /** Whether the caller has itself assumed a role. */
  readonly assumed: boolean;
}

/** Seconds: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SHORTEST_SESSION = 900;
const LONGEST_SESSION = 43_200;
const USUAL_SESSION = 3_600;
/** A role that assumes a role gets no longer session than this. */
const LONGEST_CHAINED_SESSION = 3_600;

const ROLE_ARN = /^arn:(aws|aws-cn|aws-us-gov):iam::\d{12}:role\/([\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/;

/** What AssumeRole answers. */
export interface AssumedRole {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly arn: string;
  readonly assumedRoleId: string;
}

/**
 * Gives out credentials of a role. There is no IAM here, so every role that is well named can be assumed, save those
 * that are denied.
 *
 * @throws StsRefusal
 */
export function assumeRole(form: URLSearchParams, caller: Caller, deniedRoles: ReadonlySet<string>): AssumedRole {
  const roleArn = requireMember(form, 'RoleArn');
  if (!ROLE_ARN.test(roleArn)) throw new StsRefusal('ValidationError', 400, `${roleArn} is invalid`);
  const sessionName = requireMember(form, 'RoleSessionName');
  checkPattern('roleSessionName', sessionName, /^[\w+=,.@-]*$/, '[\\w+=,.@-]*', 2, 64);
  const externalId = form.get('ExternalId');
  if (externalId !== null) {
    checkPattern('externalId', externalId, /^[\w+=,.@:/-]*$/, '[\\w+=,.@:\\/-]*', 2, 1_224);
  }
  const seconds = readDuration(form.get('DurationSeconds'), caller);
  if (deniedRoles.has(roleArn)) {
    const text = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    throw new StsRefusal('AccessDenied', 403, text);
  }
  const expiration = new Date(Math.floor(Date.now() / 1_000 + seconds) * 1_000);
  return {
    ...sessionCredentials({ roleArn, sessionName, expiration }),
    expiration,
    arn: assumedRoleArn(roleArn, sessionName),
    assumedRoleId: assumedRoleId(roleArn, sessionName),
  };
}

/** The unique id that AWS has for a role, and the session's name. */
export function assumedRoleId(roleArn: string, sessionName: string): string {
  const hash = createHash('sha256').update(roleArn).digest('hex').slice(0, 17).toUpperCase();
  return `AROA${hash}:${sessionName}`;
}

function readDuration(given: string | null, caller: Caller): number {
  if (given === null) return USUAL_SESSION;
  const seconds = Number(given);
  if (!Number.isInteger(seconds)) throw validationError('durationSeconds', given, 'Member must be an integer');
  if (seconds < SHORTEST_SESSION) throw outOfRange(given, 'greater', SHORTEST_SESSION);
  if (seconds > LONGEST_SESSION) throw outOfRange(given, 'less', LONGEST_SESSION);
  if (caller.assumed && seconds > LONGEST_CHAINED_SESSION) {
    const text = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    throw new StsRefusal('ValidationError', 400, text);
  }
  return seconds;
}

function outOfRange(given: string, relation: string, limit: number): StsRefusal {
  return validationError('durationSeconds', given, `Member must have value ${relation} than or equal to ${limit}`);
}

function requireMember(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value !== null && value !== '') return value;
  throw validationError(`${name.charAt(0).toLowerCase()}${name.slice(1)}`, '', 'Member must not be null');
}

function checkPattern(member: string, value: string, pattern: RegExp, text: string, from: number, to: number): void {
  if (!pattern.test(value)) {
    throw validationError(member, value, `Member must satisfy regular expression pattern: ${text}`);
  }
  if (value.length < from || value.length > to) {
    throw validationError(member, value, `Member must have length between ${from} and ${to}`);
  }
}
