import type { JobState, JobTotals, Schedule, StoredRequest } from '../../../core/job/records.ts';
import type { JobStatus } from '../../../core/job/status.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';
import { AWS } from './aws.ts';
import type { ScaleClock } from './clock.ts';
import type { Meter } from './meter.ts';

/** Units of a write of the state: an item of 1 to 2 KB. */
const STATE_WRITE = 2;

/** The Jobs table: takes the time of DynamoDB, counts the units of each item that an engine at work uses. */
export class MeteredJobStore extends MemoryJobStore {
  /** When the job entered each status. */
  readonly entered = new Map<JobStatus, number>();

  constructor(
    private readonly clock: ScaleClock,
    private readonly meter: Meter,
  ) {
    super();
  }

  override async getRequest(jobId: string): Promise<StoredRequest | undefined> {
    await this.reads('request');
    return await super.getRequest(jobId);
  }

  override async getState(jobId: string): Promise<JobState | undefined> {
    await this.reads('state');
    return await super.getState(jobId);
  }

  override async getTotals(jobId: string): Promise<JobTotals> {
    await this.reads('totals');
    return await super.getTotals(jobId);
  }

  override async updateState(next: JobState): Promise<boolean> {
    await this.writes('state', STATE_WRITE);
    const took = await super.updateState(next);
    if (took && !this.entered.has(next.status)) this.entered.set(next.status, this.clock.now());
    return took;
  }

  override async raiseTotals(jobId: string, totals: JobTotals): Promise<void> {
    await this.writes('totals', 1);
    const now = this.totals.get(jobId);
    if (now === undefined || totals.succeeded + totals.failed >= now.succeeded + now.failed)
      this.totals.set(jobId, { ...totals });
  }

  override async claimSum(jobId: string, now: number, minimumAge: number): Promise<boolean> {
    // A write whose condition fails costs what it would have.
    await this.writes('totals', 1);
    return await super.claimSum(jobId, now, minimumAge);
  }

  override async getSchedule(): Promise<Schedule> {
    await this.reads('schedule');
    return await super.getSchedule();
  }

  override async putSchedule(next: Schedule): Promise<boolean> {
    await this.writes('schedule', 1);
    return await super.putSchedule(next);
  }

  private async reads(item: string): Promise<void> {
    this.meter.read(item, 1);
    if (item !== 'schedule') this.meter.count('partition of the job, read', 1);
    await this.clock.sleep(AWS.dynamoRead);
  }

  private async writes(item: string, units: number): Promise<void> {
    this.meter.write(item, units);
    if (item !== 'schedule') this.meter.count('partition of the job, written', units);
    await this.clock.sleep(AWS.dynamoWrite);
  }
}
