import type { JobState, Schedule, Trouble } from './records.ts';

/** A job that has waited no longer than this is about to get its workers, and nothing keeps it from them. */
const SHORT_WAIT_MILLISECONDS = 5_000;

/** After so long somebody should look why nobody gives workers to a job, though no other has them. */
const LONG_WAIT_MILLISECONDS = 60_000;

/**
 * Why a job that could run has no workers: other jobs go before it, or nobody gave it any. Read from the scheduler's
 * decision, so that it takes no write and ends when the wait does. Undefined for a job that does not wait for workers.
 */
export function waitingTrouble(state: JobState, { shares }: Schedule, now: Date): Trouble | undefined {
  const { jobId, status, statusSince, held } = state;
  if ((status !== 'Ready' && status !== 'Paused') || held !== undefined || shares[jobId] !== undefined)
    return undefined;
  const waited = now.getTime() - Date.parse(statusSince);
  const served = Object.entries(shares).filter(([, { workers }]) => workers > 0);
  const trouble = (FailureReason: string): Trouble => ({
    FailureCode: 'NoCapacity',
    FailureReason,
    since: statusSince,
  });
  const [first] = served;
  if (first === undefined) {
    if (waited < LONG_WAIT_MILLISECONDS) return undefined;
    return trouble('No worker was given to it, though no other job has any. The logs of the scheduler may say more');
  }
  if (waited < SHORT_WAIT_MILLISECONDS) return undefined;
  const workers = served.reduce((sum, [, share]) => sum + share.workers, 0);
  const has = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const before = served.length === 1 ? `job ${first[0]} goes` : `${served.length} other jobs go`;
  return trouble(`It waits for workers: ${before} before it, with ${has}. A higher priority lets it overtake`);
}
