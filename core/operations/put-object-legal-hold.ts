import type { z } from 'zod';
import {
  getObjectLegalHoldRequest,
  legalHoldIn,
  NO_LOCK,
  putObjectLegalHoldRequest,
} from '../s3/requests/object-lock.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import { checkLockBuckets, LOCK_DIFFERENCE } from './object-lock-buckets.ts';
import type { Operation } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';

const parameters = PARAMETERS.S3PutObjectLegalHold;

export const putObjectLegalHold: Operation<z.infer<typeof parameters>> = {
  name: 'S3PutObjectLegalHold',
  summary: 'Puts each object under a legal hold, or takes it from one.',
  schema: parameters,
  roleActions: ['s3:PutObjectLegalHold', 's3:GetBucketObjectLockConfiguration'],
  examineActions: ['s3:GetObjectLegalHold'],
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  repetition: 'Sets the same status again: nothing changes, unless somebody else set the other in between.',
  differences: [LOCK_DIFFERENCE],
  knowsUnchanged: true,
  tasksPerShard: () => 5_000,
  requestsPerTask: () => ({ writes: 1 }),
  checkBuckets: (buckets, _, context) => checkLockBuckets(buckets, context),
  async examine(task, { LegalHold: { Status } }, { s3, signal }) {
    const reply = await s3.send(getObjectLegalHoldRequest(task), signal);
    if (!reply.ok && reply.code !== NO_LOCK) return { finding: 'failure', result: s3Failed(reply) };
    const now = reply.ok ? legalHoldIn(reply.body) : 'OFF';
    return now === Status
      ? { finding: 'unchanged' }
      : { finding: 'change', says: `Would turn the legal hold ${Status}, which is ${now}` };
  },
  async execute(task, { LegalHold: { Status } }, { s3, signal }) {
    return s3Result(await s3.send(putObjectLegalHoldRequest(task, Status), signal));
  },
};
