import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Identity } from '../job/identity.ts';
import type { JobEvent } from '../job/job-event.ts';
import { EVENT_DETAIL_TYPE, EVENT_SOURCE, statusEventDetail } from '../job/status-event.ts';

export interface StatusAnnouncerOptions {
  readonly events: EventBridgeClient;
  readonly sns: SNSClient;
  readonly identity: Identity;
  /** The topic of all jobs. */
  readonly topicArn?: string | undefined;
}

/** Entries of one PutEvents (EventBridge API reference). */
const ENTRIES_MAXIMUM = 10;

/** Characters of an SNS subject (SNS API reference, Publish). */
const SUBJECT_LENGTH = 100;

/** Tells of changes of jobs' statuses. */
export type StatusAnnouncer = (jobId: string, changes: readonly JobEvent[], jobTopicArn?: string) => Promise<void>;

/**
 * Changes of a job's status to the account's default event bus, and to the topics, if there are any, in their order.
 * Throws when one of them did not take them: all are told again then, with the same ids.
 */
export function createStatusAnnouncer({ events, sns, identity, topicArn }: StatusAnnouncerOptions): StatusAnnouncer {
  return async (jobId, changes, jobTopicArn) => {
    for (let from = 0; from < changes.length; from += ENTRIES_MAXIMUM) {
      const entries = changes.slice(from, from + ENTRIES_MAXIMUM).map((change) => {
        const detail = statusEventDetail(jobId, change, identity);
        return {
          Source: EVENT_SOURCE,
          DetailType: EVENT_DETAIL_TYPE,
          Time: new Date(change.at),
          Resources: [detail.serviceEventDetails.jobArn],
          Detail: JSON.stringify(detail),
        };
      });
      const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: entries }));
      const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused !== undefined) throw new Error(`EventBridge: ${refused.ErrorCode}: ${refused.ErrorMessage ?? ''}`);
    }
    for (const topic of new Set([topicArn, jobTopicArn].filter((arn) => arn !== undefined))) {
      for (const change of changes) {
        await sns.send(
          new PublishCommand({
            TopicArn: topic,
            Subject: `Job ${jobId}: ${change.status}`.slice(0, SUBJECT_LENGTH),
            Message: JSON.stringify(statusEventDetail(jobId, change, identity)),
          }),
        );
      }
    }
  };
}
