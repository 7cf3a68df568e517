import { UsageError } from '../errors.ts';

/** S3 Control's own pattern of a job id. */
const JOB_ID = /^[a-zA-Z0-9_-]{5,36}$/;

/** Refuses what cannot be a job id before anything is sent. */
export function checkJobId(jobId: string): string {
  if (JOB_ID.test(jobId)) return jobId;
  throw new UsageError(
    `'${jobId}' is not a job id. Job ids look like 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c: drover jobs list`,
  );
}
