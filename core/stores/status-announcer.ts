import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import type { Identity } from '../job/identity.ts';
import type { JobEvent } from '../job/job-event.ts';
import { EVENT_DETAIL_TYPE, EVENT_SOURCE, type StatusEventDetail, statusEventDetail } from '../job/status-event.ts';

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

/** Tells of changes of jobs' statuses. Answers, in words, which topics will never take them. */
export type StatusAnnouncer = (
  jobId: string,
  changes: readonly JobEvent[],
  jobTopicArn?: string,
) => Promise<readonly string[]>;

/** Errors of SNS that come again however often a message is sent (SNS API reference, Publish). */
const FOREVER: ReadonlySet<string> = new Set(['NotFoundException', 'InvalidParameterException']);

/**
 * Changes of a job's status to the account's default event bus, and to the topics, if there are any, in their order. Each
 * of these is told whatever becomes of the others. Throws when one did not take them that may yet: all are told again
 * then, with the same ids.
 */
export function createStatusAnnouncer({ events, sns, identity, topicArn }: StatusAnnouncerOptions): StatusAnnouncer {
  return async (jobId, changes, jobTopicArn) => {
    const details = changes.map((change) => statusEventDetail(jobId, change, identity));
    const topics = new Set([topicArn, jobTopicArn].filter((arn) => arn !== undefined));
    const lost: string[] = [];
    const failures: unknown[] = [];
    await tellBus(events, details).catch((error) => failures.push(error));
    for (const topic of topics) {
      const refusal = await tellTopic(sns, topic, details).catch((error) => void failures.push(error));
      if (refusal !== undefined) lost.push(refusal);
    }
    if (failures.length > 0) throw failures[0];
    return lost;
  };
}

async function tellBus(events: EventBridgeClient, details: readonly StatusEventDetail[]): Promise<void> {
  for (let from = 0; from < details.length; from += ENTRIES_MAXIMUM) {
    const entries = details.slice(from, from + ENTRIES_MAXIMUM).map((detail) => ({
      Source: EVENT_SOURCE,
      DetailType: EVENT_DETAIL_TYPE,
      Time: new Date(detail.eventTime),
      Resources: [detail.serviceEventDetails.jobArn],
      Detail: JSON.stringify(detail),
    }));
    const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: entries }));
    const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused !== undefined) throw new Error(`EventBridge: ${refused.ErrorCode}: ${refused.ErrorMessage ?? ''}`);
  }
}

/** Answers why the topic will never take them, if so. */
async function tellTopic(
  sns: SNSClient,
  topic: string,
  details: readonly StatusEventDetail[],
): Promise<string | undefined> {
  try {
    for (const detail of details) {
      const { jobId, status } = detail.serviceEventDetails;
      await sns.send(
        new PublishCommand({
          TopicArn: topic,
          Subject: `Job ${jobId}: ${status}`.slice(0, SUBJECT_LENGTH),
          Message: JSON.stringify(detail),
        }),
      );
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof SNSServiceException && FOREVER.has(error.name))) throw error;
    return `The topic ${topic} takes no messages: ${error.name}: ${error.message}`;
  }
}
