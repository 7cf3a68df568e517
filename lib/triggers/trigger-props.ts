import type { TimeZone } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { JobRequest } from '../../core/job/request.ts';

type Manifest = NonNullable<JobRequest['Manifest']>;

/**
 * The request of the jobs that a trigger makes, in the shapes of CreateJob. Texts may have variables in them, such as
 * `'${trigger.date}'`. Left out: Priority is 10, and no confirmation is asked for. The token is each firing's own.
 */
export type TriggerJob = Omit<JobRequest, 'ClientRequestToken' | 'Priority' | 'Manifest'> & {
  readonly Priority?: number;
};

/** A job whose manifest is what arrived: a template says how it is read, and not where it is. */
export type ArrivalJob = Omit<TriggerJob, 'ManifestGenerator'> & {
  readonly Manifest?: Partial<Omit<Manifest, 'Location'>>;
};

/** A job that says itself where its tasks are. A manifest without an ETag is the one that is there at the time. */
export type ScheduledJob = TriggerJob & { readonly Manifest?: Manifest };

/** A bucket of the app, or one that is imported: Drover itself is given no rights on it, the role of the job needs them. */
export type WatchedBucket = Pick<s3.IBucket, 'bucketArn' | 'bucketName'>;

export interface TriggerProps {
  /** Up to 32 letters, digits, dots, hyphens and underscores; no two triggers of a Drover have the same. */
  readonly name: string;

  /**
   * What becomes of a firing while the job of an earlier one has not ended: no job (Skip), a job when that one has ended
   * (Queue), or a job at once (Run).
   *
   * @default Queue; Skip for schedules
   */
  readonly overlap?: 'Skip' | 'Queue' | 'Run';

  /** @default true */
  readonly enabled?: boolean;
}

export interface InventoryTriggerProps extends TriggerProps {
  /** Where reports arrive. With EventBridge on they fire within seconds, and else within two minutes. */
  readonly bucket: WatchedBucket;

  /** The folder of a configuration's reports, or one above it: `prefix/source-bucket/configuration`. */
  readonly prefix: string;

  readonly job: ArrivalJob;
}

export interface ObjectTriggerProps extends TriggerProps {
  /** Where objects arrive. With EventBridge on they fire within seconds, and else within two minutes. */
  readonly bucket: WatchedBucket;

  /** How keys begin. One of prefix, suffix and pattern there must be. */
  readonly prefix?: string;

  /** How keys end. */
  readonly suffix?: string;

  /** A glob that the whole key must match. */
  readonly pattern?: string;

  readonly job: ArrivalJob;
}

export interface ScheduleTriggerProps extends TriggerProps {
  /** `cron(…)` or `rate(…)`, or one of the CDK's schedules. */
  readonly schedule: events.Schedule | string;

  /** @default UTC */
  readonly timeZone?: TimeZone | string;

  readonly job: ScheduledJob;
}
