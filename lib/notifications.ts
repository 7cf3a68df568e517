import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { EVENT_SOURCE } from '../core/job/status-event.ts';
import { InvalidSetting } from './invalid-setting.ts';

export interface NotificationsProps {
  readonly topic?: sns.ITopic | string;
  readonly jobTopics?: readonly string[];
}

/** Who is told of changes of jobs' statuses: the default event bus, and topics. */
export class Notifications {
  /** What the function that tells needs to know. */
  readonly environment: Readonly<Record<string, string>>;
  /** What whoever creates jobs needs to know: the topics that they may name. */
  readonly apiEnvironment: Readonly<Record<string, string>>;
  private readonly topics: readonly string[];

  constructor({ topic, jobTopics = [] }: NotificationsProps) {
    for (const pattern of jobTopics) checkPattern(pattern);
    const topicArn = typeof topic === 'object' ? topic.topicArn : topic;
    if (topicArn !== undefined) checkTopic(topicArn);
    this.environment = topicArn === undefined ? {} : { NOTIFICATION_TOPIC: topicArn };
    this.apiEnvironment = jobTopics.length === 0 ? {} : { JOB_TOPICS: JSON.stringify(jobTopics) };
    this.topics = [...(topicArn === undefined ? [] : [topicArn]), ...jobTopics];
  }

  /** Allows to tell of Drover's own events, and of nothing in another's name. */
  grantTell(grantee: iam.IGrantable & IConstruct): void {
    const stack = Stack.of(grantee);
    const bus = stack.formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [bus],
        conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
      }),
    );
    if (this.topics.length === 0) return;
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [...this.topics] }),
    );
  }
}

/** A FIFO topic wants to know the group of a message, and has names that end in `.fifo`. */
function checkTopic(arn: string): void {
  if (Token.isUnresolved(arn) || (TOPIC_PATTERN.test(arn) && !/[*]|\.fifo$/.test(arn))) return;
  throw new InvalidSetting(
    `notificationTopic is '${arn}'; it must be the ARN of an SNS topic that is not FIFO, like arn:aws:sns:us-east-1:111122223333:jobs.`,
  );
}

const TOPIC_PATTERN = /^arn:[a-z*-]+:sns:[a-z0-9*-]+:[0-9*]{1,12}:[A-Za-z0-9_*.-]+$/;

function checkPattern(pattern: string): void {
  if (Token.isUnresolved(pattern) || TOPIC_PATTERN.test(pattern)) return;
  throw new InvalidSetting(
    `jobTopics has '${pattern}'; it must be the ARN of an SNS topic, or a pattern of one, like arn:aws:sns:us-east-1:111122223333:jobs-*.`,
  );
}
