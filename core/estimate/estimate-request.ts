import { z } from 'zod';
import { checkJobRequest } from '../job/check-request.ts';
import { type JobRequest, jobRequest } from '../job/request.ts';
import { jobId } from '../job/scalars.ts';
import { check } from '../validation/check.ts';
import { InvalidInput } from '../validation/invalid-input.ts';

/** The most tasks that an estimate is made for: fifty times what S3 takes in a job. */
const ESTIMATED_TASKS_MAXIMUM = 1_000_000_000_000;

/** S3's largest object: 50 TB (User Guide, "qfacts"). */
const OBJECT_BYTES_MAXIMUM = 53_687_091_200_000;

const assumptions = z.strictObject({
  /** Needed for a request that is not submitted: the API reads no manifest for an estimate. */
  Tasks: z.int().min(1).max(ESTIMATED_TASKS_MAXIMUM).optional(),
  AverageObjectBytes: z.int().min(0).max(OBJECT_BYTES_MAXIMUM).optional(),
  /** Until S3, or the job's function, answers. */
  RequestLatencyMilliseconds: z.int().min(1).max(900_000).optional(),
  /** The rate of the run, where something else than Drover and S3's documented limits decides. */
  TasksPerSecond: z.int().min(1).max(1_000_000).optional(),
});
export type EstimateAssumptions = z.infer<typeof assumptions>;

/** Members that CreateJob needs and that cost nothing: an estimate does without them. */
const draft = jobRequest.partial({ Report: true, ClientRequestToken: true, Priority: true, RoleArn: true });

/** The body of an estimate's request: JSON only. */
export const estimateInput = z.strictObject({
  JobId: jobId.optional(),
  Request: draft.optional(),
  Assumptions: assumptions.optional(),
});

/** What is to be estimated, once it was checked: one of JobId and Request. */
export interface EstimateInput {
  readonly JobId?: string | undefined;
  readonly Request?: JobRequest | undefined;
  readonly Assumptions?: EstimateAssumptions | undefined;
}

/** Filled in for what an estimate does without. The report is written unless it is refused: it costs something. */
const NOT_GIVEN = {
  ClientRequestToken: 'estimate',
  Priority: 0,
  RoleArn: 'arn:aws:iam::000000000000:role/estimate',
  Report: {
    Enabled: true,
    Bucket: 'arn:aws:s3:::estimate',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
  },
} as const;

const NO_MANIFEST = {
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::estimate/manifest.csv', ETag: 'estimate' },
  },
} as const;

/**
 * What is to be estimated, with a job request that CreateJob would take: members that do not matter to an estimate are
 * filled in, all others must be right.
 *
 * @throws InvalidInput that names what is wrong.
 */
export function checkEstimateInput(raw: unknown): EstimateInput {
  const input = check(estimateInput, raw);
  if ((input.JobId === undefined) === (input.Request === undefined)) {
    const found = input.JobId === undefined ? 'neither' : 'both';
    throw new InvalidInput([
      { path: '', says: `must have either Request, as CreateJob takes it, or JobId, but has ${found}` },
    ]);
  }
  const { JobId, Request, Assumptions } = input;
  if (Request === undefined) return { JobId, Assumptions };
  const sources = [
    Request.Manifest,
    Request.ManifestGenerator,
    Request.Drover?.TasksOf,
    Request.Drover?.After?.Manifest,
  ];
  const manifest = sources.every((source) => source === undefined) ? NO_MANIFEST : {};
  return { Assumptions, Request: checkJobRequest({ ...NOT_GIVEN, ...manifest, ...Request }) };
}
