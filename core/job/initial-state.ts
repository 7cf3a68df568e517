import { operationNameOf } from './operation-name.ts';
import type { JobState, StoredRequest } from './records.ts';

/** The state of a job that was just created. */
export function initialState({ jobId, createdAt, request }: StoredRequest): JobState {
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
    activeMilliseconds: 0,
    failureReasons: [],
  };
}
