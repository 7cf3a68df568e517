import type { z } from 'zod';
import {
  getObjectRetentionRequest,
  NO_LOCK,
  putObjectRetentionRequest,
  retentionIn,
  type S3Retention,
} from '../s3/requests/object-lock.ts';
import { type Clock, systemClock } from '../signed-http/clock.ts';
import type { Problem } from '../validation/invalid-input.ts';
import type { Examination } from './examination.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import { checkLockBuckets, LOCK_DIFFERENCE } from './object-lock-buckets.ts';
import type { Operation } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';
import { hasTaskParameters } from './task-parameters/asked.ts';
import { hasPlaceholder } from './task-parameters/task-text.ts';
import { failed } from './task-result.ts';

const parameters = PARAMETERS.S3PutObjectRetention;
type Parameters = z.infer<typeof parameters>;

const PATH = 'Operation.S3PutObjectRetention.Retention';

export const putObjectRetention: Operation<Parameters> = createPutObjectRetention(systemClock);

/** @param clock tells which dates have passed. */
export function createPutObjectRetention(clock: Clock): Operation<Parameters> {
  return {
    name: 'S3PutObjectRetention',
    summary: 'Sets until when each object is kept, or takes that limit away.',
    schema: parameters,
    // The second where BypassGovernanceRetention is asked for.
    roleActions: ['s3:PutObjectRetention', 's3:BypassGovernanceRetention', 's3:GetBucketObjectLockConfiguration'],
    examineActions: ['s3:GetObjectRetention'],
    concurrency: SMALL_REQUESTS_IN_FLIGHT,
    invokesFunctions: false,
    repetition: 'Sets the same retention again: nothing changes, unless somebody else set another in between.',
    differences: [
      LOCK_DIFFERENCE,
      'A RetainUntilDate that has passed, or without Mode, is refused by CreateJob; in S3 each task fails of it.',
    ],
    knowsUnchanged: true,
    tasksPerShard: () => 5_000,
    requestsPerTask: () => ({ writes: 1 }),
    checkRequest: (request, { Retention }) => problemsOf(Retention, hasTaskParameters(request), clock.now()),
    checkBuckets: (buckets, _, context) => checkLockBuckets(buckets, context),
    async examine(task, asked, { s3, signal }) {
      const reply = await s3.send(getObjectRetentionRequest(task), signal);
      if (!reply.ok && reply.code !== NO_LOCK) return { finding: 'failure', result: s3Failed(reply) };
      return compare(reply.ok ? retentionIn(reply.body) : {}, asked, clock.now());
    },
    async execute(task, { Retention, BypassGovernanceRetention }, { s3, signal }) {
      const request = putObjectRetentionRequest(task, Retention, BypassGovernanceRetention === true);
      return s3Result(await s3.send(request, signal));
    },
  };
}

function problemsOf({ Mode, RetainUntilDate }: S3Retention, perTask: boolean, now: number): Problem[] {
  if (Mode === undefined && RetainUntilDate === undefined) return [];
  const empty = 'an empty Retention takes the retention away';
  if (RetainUntilDate === undefined) {
    return [{ path: `${PATH}.RetainUntilDate`, says: `is missing: Mode needs it; ${empty}` }];
  }
  if (Mode === undefined) return [{ path: `${PATH}.Mode`, says: `is missing: RetainUntilDate needs it; ${empty}` }];
  // Each task's own date S3 will judge.
  if (perTask && hasPlaceholder(RetainUntilDate)) return [];
  if (Date.parse(RetainUntilDate) > now) return [];
  return [{ path: `${PATH}.RetainUntilDate`, says: `must be in the future, but is ${RetainUntilDate}` }];
}

/** Source: User Guide, "Object Lock: retention modes". A retention that is over keeps nothing from being changed. */
function compare(
  before: S3Retention,
  { Retention: after, BypassGovernanceRetention }: Parameters,
  now: number,
): Examination {
  const ends = endOf(before);
  if (before.Mode === after.Mode && ends === endOf(after)) return { finding: 'unchanged' };
  const weaker = before.Mode !== after.Mode || (endOf(after) ?? 0) < (ends ?? 0);
  const bypassed = before.Mode === 'GOVERNANCE' && BypassGovernanceRetention === true;
  if (ends !== undefined && ends > now && weaker && !bypassed) {
    const says = `Access Denied because object protected by object lock: it has ${inWords(before)}`;
    return { finding: 'failure', result: failed(403, 'AccessDenied', says) };
  }
  return { finding: 'change', says: `Would replace ${inWords(before)} by ${inWords(after)}` };
}

/** Epoch milliseconds. */
function endOf({ RetainUntilDate }: S3Retention): number | undefined {
  return RetainUntilDate === undefined ? undefined : Date.parse(RetainUntilDate);
}

function inWords({ Mode, RetainUntilDate }: S3Retention): string {
  return Mode === undefined ? 'no retention' : `${Mode} until ${RetainUntilDate}`;
}
