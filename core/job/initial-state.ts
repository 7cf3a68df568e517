import { thresholdOf } from './failure-threshold.ts';
import { creationEvents } from './job-event.ts';
import { operationNameOf } from './operation-name.ts';
import type { JobState, StoredRequest } from './records.ts';

/** Invocations of a job's function at once, unless the request says otherwise: a tenth of an account's usual thousand. */
const MOST_INVOCATIONS = 100;

/** The state of a job that was just created. */
export function initialState({ jobId, createdAt, request }: StoredRequest): JobState {
  const { LambdaInvoke: invoke, Drover: beyond } = request.Operation;
  const {
    RateLimit: rate,
    MaxWorkers: maxWorkers,
    FailureThreshold: threshold,
    After: waitsFor,
  } = request.Drover ?? {};
  return {
    jobId,
    version: 1,
    status: 'New',
    statusSince: createdAt,
    epoch: 1,
    priority: request.Priority,
    createdAt,
    operation: operationNameOf(request.Operation),
    ...(request.Description === undefined ? {} : { description: request.Description }),
    ...(rate === undefined ? {} : { tasksPerSecond: rate.TasksPerSecond }),
    ...(maxWorkers === undefined ? {} : { maxWorkers }),
    ...(threshold === undefined ? {} : { failureThreshold: thresholdOf(threshold) }),
    ...(invoke === undefined
      ? {}
      : { mostInvocations: beyond?.LambdaInvoke?.MaxConcurrentInvocations ?? MOST_INVOCATIONS }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    activeMilliseconds: 0,
    failureReasons: [],
    ...creationEvents(createdAt),
  };
}
