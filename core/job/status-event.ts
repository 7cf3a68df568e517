import { createHash } from 'node:crypto';
import type { Identity } from './identity.ts';
import type { JobEvent } from './job-event.ts';

/** What the events of Drover have where those of S3 have `aws.s3`, which only AWS may send. */
export const EVENT_SOURCE = 'drover';

/** That of S3's own events, so that a rule for them needs another source and nothing else. */
export const EVENT_DETAIL_TYPE = 'AWS Service Event via CloudTrail';

/** The detail of an event of S3 Batch Operations (User Guide, batch-ops-examples-event-bridge-cloudtrail). */
export interface StatusEventDetail {
  readonly eventVersion: string;
  readonly userIdentity: { readonly accountId: string; readonly invokedBy: string };
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: 'JobCreated' | 'JobStatusChanged';
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly eventType: string;
  readonly recipientAccountId: string;
  readonly serviceEventDetails: {
    readonly jobId: string;
    readonly jobArn: string;
    readonly status: string;
    /** The same however often the event is told. */
    readonly jobEventId: string;
    readonly failureCodes: readonly string[];
    readonly statusChangeReason: readonly string[];
  };
}

const SERVICE = 's3.amazonaws.com';

/** The id of a line of a job's log, 32 hexadecimal digits: the same however often the line is told. */
export function jobEventIdOf(jobId: string, lineId: string): string {
  return createHash('md5').update(`${jobId}/${lineId}`).digest('hex');
}

/** A change of a job's status in the form of S3's own event. */
export function statusEventDetail(jobId: string, change: JobEvent, identity: Identity): StatusEventDetail {
  const { account, region, partition } = identity;
  const jobEventId = jobEventIdOf(jobId, change.id);
  return {
    eventVersion: '1.05',
    userIdentity: { accountId: account, invokedBy: SERVICE },
    eventTime: change.at,
    eventSource: SERVICE,
    eventName: change.status === 'New' ? 'JobCreated' : 'JobStatusChanged',
    awsRegion: region,
    sourceIPAddress: SERVICE,
    userAgent: SERVICE,
    eventID: jobEventId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    readOnly: false,
    eventType: 'AwsServiceEvent',
    recipientAccountId: account,
    serviceEventDetails: {
      jobId,
      jobArn: `arn:${partition}:s3:${region}:${account}:job/${jobId}`,
      status: change.status ?? '',
      jobEventId,
      failureCodes: change.failureCodes ?? [],
      statusChangeReason: change.reasons ?? [],
    },
  };
}
