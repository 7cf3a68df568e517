import type { StageSeconds } from '../engine/job-driver.ts';

/** A job over a manifest that lies in `folder`, in this process alone. */
export interface GrowthQuestion {
  readonly folder: string;
  readonly tasks: number;
}

export interface GrowthAnswer {
  readonly seconds: StageSeconds;
  readonly cpuSeconds: number;
  /** MiB of this process, at most, until it had prepared the job, and until it had reported it. */
  readonly peakPrepared: number;
  readonly peakReported: number;
}

export const MANIFEST_FILE = 'manifest.csv';
