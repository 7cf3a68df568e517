import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Drover, type DroverProps } from '../../lib/drover.ts';

/** The template of a stack with a Drover that tells topics. */
function synthesized(props: (stack: Stack) => DroverProps): Template {
  const stack = new Stack(new App(), 'Test');
  new Drover(stack, 'Drover', props(stack));
  return Template.fromStack(stack);
}

const PATTERN = 'arn:aws:sns:us-east-1:111122223333:jobs-*';

describe('topics', () => {
  test('of all jobs: the scheduler knows it and may publish to it, and to it only', () => {
    const template = synthesized((stack) => ({ notificationTopic: new sns.Topic(stack, 'Told') }));
    const topic = { Ref: Object.keys(template.findResources('AWS::SNS::Topic'))[0] };
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ NOTIFICATION_TOPIC: topic }) },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Action: 'sns:Publish', Effect: 'Allow', Resource: topic }]),
      },
    });
  });

  test('that jobs may name: the API knows their patterns, the scheduler may publish to them', () => {
    const template = synthesized(() => ({ jobTopics: [PATTERN] }));
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ JOB_TOPICS: JSON.stringify([PATTERN]) }) },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Action: 'sns:Publish', Effect: 'Allow', Resource: PATTERN }]),
      },
    });
  });

  test('of all jobs may be given by its ARN', () => {
    const arn = 'arn:aws:sns:us-east-1:111122223333:all';
    const template = synthesized(() => ({ notificationTopic: arn }));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([{ Action: 'sns:Publish', Effect: 'Allow', Resource: arn }]) },
    });
  });

  test('are none unless they are named: nothing may publish', () => {
    const policies = JSON.stringify(synthesized(() => ({})).findResources('AWS::IAM::Policy'));
    expect(policies).toContain('events:PutEvents');
    expect(policies).not.toContain('sns:');
  });

  test('that are none are refused when the app is synthesized', () => {
    for (const notificationTopic of ['jobs', 'arn:aws:sns:us-east-1:111122223333:jobs.fifo']) {
      expect(() => synthesized(() => ({ notificationTopic }))).toThrow(
        `notificationTopic is '${notificationTopic}'; it must be the ARN of an SNS topic that is not FIFO`,
      );
    }
    expect(() => synthesized(() => ({ jobTopics: ['jobs'] }))).toThrow(
      "jobTopics has 'jobs'; it must be the ARN of an SNS topic, or a pattern of one",
    );
  });
});
