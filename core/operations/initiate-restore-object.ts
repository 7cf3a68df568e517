import type { z } from 'zod';
import { headObject } from '../s3/requests/head-object.ts';
import { restoreObjectRequest, type S3Restore } from '../s3/requests/restore-object.ts';
import type { Examination } from './examination.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import type { Operation } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';
import { failed } from './task-result.ts';

const parameters = PARAMETERS.S3InitiateRestoreObject;
type Parameters = z.infer<typeof parameters>;

const TIERS = { BULK: 'Bulk', STANDARD: 'Standard' } as const;

export const initiateRestoreObject: Operation<Parameters> = {
  name: 'S3InitiateRestoreObject',
  summary: 'Begins to bring each archived object back.',
  schema: parameters,
  roleActions: ['s3:RestoreObject'],
  examineActions: ['s3:GetObject', 's3:GetObjectVersion'],
  concurrency: SMALL_REQUESTS_IN_FLIGHT,
  invokesFunctions: false,
  repetition:
    'Asks again: S3 refuses that with RestoreAlreadyInProgress while the restore that the first run began is under way, ' +
    'and counts the days anew once it is done.',
  differences: ['ExpirationInDays of 0, with which each task fails in S3, is refused by CreateJob.'],
  knowsUnchanged: false,
  tasksPerShard: () => 5_000,
  requestsPerTask: () => ({ restores: 1 }),
  checkRequest: (_, { ExpirationInDays }) =>
    ExpirationInDays === 0
      ? [
          {
            path: 'Operation.S3InitiateRestoreObject.ExpirationInDays',
            says: 'must be at least 1; leave it out for objects in the archive tiers of INTELLIGENT_TIERING',
          },
        ]
      : [],
  async examine(task, asked, { s3, signal }) {
    const reply = await headObject(s3, task, signal);
    return reply.ok ? judge(reply.headers, asked) : { finding: 'failure', result: s3Failed(reply) };
  },
  async execute(task, asked, { s3, signal }) {
    return s3Result(await s3.send(restoreObjectRequest(task, restoreOf(asked)), signal));
  },
};

/** A job asks for the same restore, the very same structure, with every task. */
const restores = new WeakMap<Parameters, S3Restore>();

function restoreOf(asked: Parameters): S3Restore {
  const known = restores.get(asked);
  if (known !== undefined) return known;
  const { ExpirationInDays: days, GlacierJobTier: tier } = asked;
  const restore = { days, tier: tier && TIERS[tier] };
  restores.set(asked, restore);
  return restore;
}

/**
 * What S3 would do, by what HEAD says of an object.
 * Source: User Guide, "Restoring an archived object" and "Restore objects with Batch Operations"; API reference,
 * HeadObject and RestoreObject.
 */
function judge(headers: Readonly<Record<string, string>>, asked: Parameters): Examination {
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD';
  switch (storageClass) {
    case 'GLACIER':
    case 'DEEP_ARCHIVE':
      return judgeArchived(storageClass, headers['x-amz-restore'], asked);
    case 'INTELLIGENT_TIERING':
      return judgeTiered(headers['x-amz-archive-status'], headers['x-amz-restore'], asked);
    default:
      return refusal(
        'InvalidObjectState',
        `Restore is not allowed for the object's current storage class ${storageClass}`,
      );
  }
}

function judgeArchived(storageClass: string, status: string | undefined, asked: Parameters): Examination {
  const { ExpirationInDays: days, GlacierJobTier: tier = 'STANDARD' } = asked;
  if (days === undefined) {
    const says = `An object of class ${storageClass} is restored for some days: ExpirationInDays must say how many`;
    return { finding: 'failure', result: failed(400, 'MalformedXML', says) };
  }
  if (status === undefined) {
    return { finding: 'change', says: `Would restore from ${storageClass} for ${days} days, in the tier ${tier}` };
  }
  if (isRunning(status)) return judgeRunning(tier, `in the tier BULK for ${days} days`);
  return { finding: 'change', says: `Is restored already: would keep the copy for ${days} days from now` };
}

function judgeTiered(tier: string | undefined, status: string | undefined, asked: Parameters): Examination {
  if (tier === undefined) {
    return refusal('ObjectAlreadyInActiveTierError', 'This action is not allowed against this storage tier.');
  }
  if (asked.ExpirationInDays !== undefined) {
    // S3 documents that this fails, and not with which code.
    const says = `An object in the tier ${tier} of INTELLIGENT_TIERING leaves it for good: ExpirationInDays must be left out`;
    return { finding: 'failure', result: failed(400, 'InvalidArgument', says) };
  }
  if (isRunning(status)) return judgeRunning(asked.GlacierJobTier ?? 'STANDARD', 'in the tier BULK');
  return { finding: 'change', says: `Would bring back from the tier ${tier}` };
}

function isRunning(status: string | undefined): boolean {
  return status?.includes('ongoing-request="true"') === true;
}

/** HEAD does not say how the running restore was asked for, and only one that is slower can be overtaken. */
function judgeRunning(tier: keyof typeof TIERS, slower: string): Examination {
  if (tier === 'BULK') {
    const result = failed(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');
    return { finding: 'failure', result };
  }
  return { finding: 'change', says: `Is being restored: would hasten that if it is ${slower}, and fail otherwise` };
}

function refusal(code: string, message: string): Examination {
  return { finding: 'failure', result: failed(403, code, message) };
}
