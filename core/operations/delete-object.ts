import type { z } from 'zod';
import type { JobRequest } from '../job/request.ts';
import { DELETE_OBJECTS_MAXIMUM } from '../s3/requests/delete-objects.ts';
import { type Clock, systemClock } from '../signed-http/clock.ts';
import type { Problem } from '../validation/invalid-input.ts';
import { allEnded } from './delete/all-ended.ts';
import { deleteAllVersions } from './delete/delete-all-versions.ts';
import { type DeleteOutcome, type DeleteTools, deleteMany, deleteOne } from './delete/delete-many.ts';
import { examineAllVersions, examineDeletion } from './delete/examine-deletion.ts';
import type { Operation, Task, TaskContext } from './operation.ts';
import { s3Failed } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';
import { succeeded, type TaskResult } from './task-result.ts';

const parameters = PARAMETERS.DeleteObject;
type Parameters = z.infer<typeof parameters>;

export const deleteObject: Operation<Parameters> = createDeleteObject(systemClock);

/** @param clock paces what is tried again, and tells which locks still hold. */
export function createDeleteObject(clock: Clock): Operation<Parameters> {
  const toolsOf = ({ s3, signal }: TaskContext): DeleteTools => ({ s3, signal, clock });
  return {
    name: 'DeleteObject',
    summary: 'Deletes each object: its current version, the version that the manifest names, or all versions.',
    schema: parameters,
    roleActions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ListBucketVersions'],
    examineActions: [
      's3:GetObject',
      's3:GetObjectVersion',
      's3:GetObjectRetention',
      's3:GetObjectLegalHold',
      's3:ListBucket',
    ],
    concurrency: 16,
    invokesFunctions: false,
    repetition:
      'Deletes what is there again: what is absent is a success; without a version in a bucket with versioning, another ' +
      'delete marker is put over the first.',
    differences: [],
    knowsUnchanged: true,
    tasksPerShard: ({ AllVersions }) => (AllVersions === true ? 5_000 : 20_000),
    requestsPerTask: ({ AllVersions }) =>
      // A listing of the key, which costs as a write does; or a share in a request for many.
      AllVersions === true ? { writes: 1, deletes: 1 } : { writes: 1 / DELETE_OBJECTS_MAXIMUM, deletes: 1 },
    checkRequest: (request, { AllVersions, Confirm }) => [
      ...confirmationProblems(request, Confirm),
      ...(AllVersions === true ? versionProblems(request) : []),
    ],
    async examine(task, { AllVersions }, context) {
      const examine = AllVersions === true && task.versionId === undefined ? examineAllVersions : examineDeletion;
      return await examine(task, toolsOf(context));
    },
    async execute(task, { AllVersions }, context) {
      if (AllVersions === true && task.versionId === undefined) {
        return await deleteAllVersions(task, context.deadline, toolsOf(context));
      }
      return resultOf(await deleteOne(task.bucket, task, toolsOf(context)));
    },
    batch: {
      size: ({ AllVersions }) => (AllVersions === true ? 1 : DELETE_OBJECTS_MAXIMUM),
      execute: async (tasks, _, context) => await deleteTasks(tasks, toolsOf(context)),
    },
  };
}

async function deleteTasks(tasks: readonly Task[], tools: DeleteTools): Promise<TaskResult[]> {
  const results = new Map<Task, TaskResult>();
  const buckets = [...new Set(tasks.map(({ bucket }) => bucket))];
  await allEnded(
    buckets.map(async (bucket) => {
      const ofBucket = tasks.filter((task) => task.bucket === bucket);
      const outcomes = await deleteMany(bucket, ofBucket, tools);
      for (const [index, task] of ofBucket.entries()) results.set(task, resultOf(outcomes[index]));
    }),
  );
  return tasks.flatMap((task) => results.get(task) ?? []);
}

function resultOf(outcome: DeleteOutcome): TaskResult {
  return outcome === undefined ? succeeded() : s3Failed(outcome);
}

function confirmationProblems({ ConfirmationRequired, Drover }: JobRequest, confirm: Parameters['Confirm']): Problem[] {
  if (confirm === 'delete' || ConfirmationRequired !== false || Drover?.DryRun === true) return [];
  return [
    {
      path: 'Operation.Drover.DeleteObject.Confirm',
      says:
        'is missing: a job that deletes must say "Confirm": "delete", or must wait for its confirmation ' +
        '(ConfirmationRequired true, or left out)',
    },
  ];
}

function versionProblems({ Manifest: manifest }: JobRequest): Problem[] {
  if (manifest?.Spec?.Fields?.includes('VersionId') !== true) return [];
  return [
    {
      path: 'Operation.Drover.DeleteObject.AllVersions',
      says:
        'cannot be true with a manifest that has a VersionId column: leave AllVersions out to delete the versions that ' +
        'the manifest names, or read the column as Ignore to delete all versions of its keys',
    },
  ];
}
