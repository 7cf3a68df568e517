/** GB of memory of the functions that a job pays for by time. lib/functions sets them; a test holds the two together. */
export const FUNCTION_GIGABYTES = {
  worker: 1_024 / 1_024,
  'prepare-chunk': 1_769 / 1_024,
  'report-range': 1_024 / 1_024,
  /** Turns, and the scheduler: none is larger. */
  run: 1_024 / 1_024,
} as const;
