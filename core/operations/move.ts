import { systemClock } from '../signed-http/clock.ts';
import { checkCopy } from './copy/check-copy.ts';
import { COPY_ACTIONS } from './copy/copy-actions.ts';
import type { CopyParameters } from './copy/copy-parameters.ts';
import { type CopyPlan, copyPlan, isOntoItself, targetOf } from './copy/copy-plan.ts';
import { moveRequests } from './copy/copy-requests.ts';
import { examineCopy } from './copy/examine-copy.ts';
import { moveObject } from './copy/move-object.ts';
import type { CopyTools } from './copy/multipart-copy.ts';
import { S3_COPY_LIMITS } from './copy/part-plan.ts';
import type { Operation, Task } from './operation.ts';
import { PARAMETERS } from './schema.ts';
import { failed } from './task-result.ts';

const PATHS = { own: 'Operation.Drover.Move', drover: 'Operation.Drover.Move' };

const NOWHERE = failed(
  400,
  'InvalidRequest',
  'The target is the object itself: it was neither copied nor deleted. Give another bucket, TargetKeyPrefix or TargetKey.',
);

export const move: Operation<CopyParameters> = createMove({ clock: systemClock, limits: S3_COPY_LIMITS });

/** @param tools the time and S3's limits. */
export function createMove(tools: CopyTools): Operation<CopyParameters> {
  return {
    name: 'Move',
    summary: 'Moves each object, of any size: copies it, verifies the copy, and deletes the version that was copied.',
    schema: PARAMETERS.Move,
    roleActions: [...COPY_ACTIONS, 's3:DeleteObject', 's3:DeleteObjectVersion'],
    concurrency: 64,
    invokesFunctions: false,
    repetition:
      'Finds by the mark in the copy’s metadata, x-amz-meta-drover-moved, what the first run did, and goes on from ' +
      'there: a source that is gone, and whose copy carries job, ETag and size, has been moved. An object that has come ' +
      'to the source’s key since stays where it is.',
    differences: [],
    knowsUnchanged: false,
    tasksPerShard: () => 1_000,
    requestsPerTask: (parameters, bytes) => moveRequests(parameters, bytes, tools.limits),
    checkRequest: (request, parameters) => checkCopy(request, parameters, PATHS),
    async examine(task, parameters, context) {
      const plan = copyPlan(parameters);
      const target = placeFor(plan, task);
      if ('status' in target) return { finding: 'failure', result: target };
      return await examineCopy(task, target, plan, context, { limits: tools.limits, verb: 'move' });
    },
    async execute(task, parameters, context) {
      const plan = copyPlan(parameters);
      const target = placeFor(plan, task);
      if ('status' in target) return target;
      return await moveObject(task, target, plan, context, tools);
    },
  };
}

/** Where the object goes, which is not where it is. */
function placeFor(plan: CopyPlan, task: Task): ReturnType<typeof targetOf> {
  const target = targetOf(plan, task);
  return !('status' in target) && isOntoItself(task, target) ? NOWHERE : target;
}
