import type { EngineDependencies } from './dependencies.ts';
import { type JudgedJob, refreshTotals, SUM_EVERY_MILLISECONDS } from './totals.ts';

/** Older than this a sum is taken anew while a worker is at the job, in milliseconds: DescribeJob is to be true within ten seconds. */
const STALE_MILLISECONDS = 4_000;

/** How often a worker looks at the age of the sum, in milliseconds. */
const CHECK_EVERY_MILLISECONDS = 3_000;

/**
 * One worker's care for the counts that are shown of its job. Many workers count parts and one of them adds up, at most
 * every two seconds: what another counts just after that must not wait until the next part ends, which may take minutes.
 */
export class ShownCounts {
  private lastSum = 0;
  /** Whether this worker has counted something that nobody is known to have added up. */
  private unsummed = false;

  /** @param job as it was at the worker's last look. */
  constructor(
    private readonly deps: EngineDependencies,
    private readonly job: () => JudgedJob,
  ) {}

  /** A part was counted. */
  counted(): void {
    this.unsummed = true;
  }

  /** Adds up, if this worker did not do so lately, nor another. */
  async afterPart(): Promise<void> {
    if (this.deps.clock.now() - this.lastSum < SUM_EVERY_MILLISECONDS) return;
    this.lastSum = this.deps.clock.now();
    await this.refresh(SUM_EVERY_MILLISECONDS);
  }

  /** Adds up while tasks are in flight and no part ends. Answers what ends it. */
  keepFresh(): () => void {
    // Best effort: the next part, or the next turn, adds up too.
    return this.deps.clock.every(CHECK_EVERY_MILLISECONDS, () => this.refreshStale().catch(() => undefined));
  }

  /**
   * Before a worker leaves a job that does not want it: no part may follow, and no turn, for as long as the job is paused.
   * Two seconds from now whoever may add up does so with all that was counted until now.
   */
  async leave(): Promise<void> {
    if (!this.unsummed) return;
    await this.deps.clock.sleep(SUM_EVERY_MILLISECONDS);
    await this.refresh(SUM_EVERY_MILLISECONDS);
  }

  /** Adds up, unless somebody did within so many milliseconds. */
  async refresh(minimumAge: number): Promise<void> {
    this.unsummed = false;
    if (!(await refreshTotals(this.deps, this.job(), minimumAge))) this.unsummed = true;
  }

  private async refreshStale(): Promise<void> {
    const { summedAt } = await this.deps.jobs.getTotals(this.job().jobId);
    if (this.deps.clock.now() - summedAt >= STALE_MILLISECONDS) await this.refresh(STALE_MILLISECONDS);
  }
}
