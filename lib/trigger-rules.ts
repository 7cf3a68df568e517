import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** What calls the trigger function whatever triggers there are: each minute, and for every inventory report. */
export class TriggerRules extends Construct {
  constructor(scope: Construct, id: string, trigger: lambda.IFunction) {
    super(scope, id);
    new events.Rule(this, 'EachMinute', {
      description: 'Drover looks each minute for what its triggers missed.',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      targets: [
        new targets.LambdaFunction(trigger, {
          event: events.RuleTargetInput.fromObject({}),
          retryAttempts: 2,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
    // The last file of a report that S3 writes; nothing else has this name, so one rule does for all buckets.
    new events.Rule(this, 'InventoryReports', {
      description: 'Tells Drover of inventory reports that have arrived.',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { object: { key: events.Match.suffix('/manifest.checksum') } },
      },
      targets: [new targets.LambdaFunction(trigger, { retryAttempts: 10, maxEventAge: Duration.hours(2) })],
    });
  }
}
