/** Over how many partitions the pointers to jobs are spread, so that none is hot and all are read in one round. */
export const PARTITIONS: readonly number[] = Array.from({ length: 16 }, (_, partition) => partition);

/** The partition of a job's pointers: the first hexadecimal digit of its id, which is random. */
export function partitionOf(jobId: string): number {
  const digit = Number.parseInt(jobId.slice(0, 1), 16);
  return Number.isNaN(digit) ? 0 : digit;
}
