/** Where a job's files lie in the work bucket. */

export const jobPrefix = (jobId: string): string => `jobs/${jobId}/`;

/** What the manifest consists of: the first writer wins. */
export const surveyKey = (jobId: string): string => `jobs/${jobId}/prepare/survey.json`;

/** The record of one finished chunk of the manifest: the first writer wins. */
export const chunkRecordKey = (jobId: string, chunk: number): string => `jobs/${jobId}/prepare/${chunk}.json`;

/** A shard file of one attempt at a chunk; it exists for the job only if the chunk's record names its attempt. */
export const shardFileKey = (jobId: string, chunk: number, attempt: string, shard: number): string =>
  `jobs/${jobId}/prepare/${chunk}-${attempt}/${shard}.csv`;

export const planKey = (jobId: string): string => `jobs/${jobId}/plan.json`;

/** The CSV that one Map run of a stage goes over. */
export const itemsKey = (jobId: string, stage: 'prepare' | 'run' | 'report', epoch: number, turn: number): string =>
  stage === 'run' ? `jobs/${jobId}/waves/${epoch}-${turn}.csv` : `jobs/${jobId}/${stage}/items-${epoch}-${turn}.csv`;

/** What was written to the user's bucket of one range of a generated manifest. */
export const outputRecordKey = (jobId: string, range: number): string => `jobs/${jobId}/output/${range}.json`;

/** Results of the part of a shard that begins at task `from`. */
export const resultsKey = (jobId: string, shard: number, from: number): string =>
  `jobs/${jobId}/results/${shard}/${from}.csv`;

/** What ReportRange wrote for a block. */
export const reportRecordKey = (jobId: string, block: number): string => `jobs/${jobId}/report/${block}.json`;

/** What a task that takes longer than an invocation left for the next one. */
export const taskNoteKey = (jobId: string, taskId: string): string => `jobs/${jobId}/notes/${taskId}.json`;

/** Put anew whenever such a task got on: its metadata says when. */
export const unfinishedKey = (jobId: string): string => `jobs/${jobId}/unfinished`;
