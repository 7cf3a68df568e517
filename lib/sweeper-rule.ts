import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** Calls the sweeper each minute. */
export class SweeperRule extends Construct {
  constructor(scope: Construct, id: string, sweeper: lambda.IFunction) {
    super(scope, id);
    new events.Rule(this, 'Rule', {
      description: 'Drover looks after its jobs each minute.',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      // A call that could not be delivered within its minute is stale.
      targets: [new targets.LambdaFunction(sweeper, { retryAttempts: 2, maxEventAge: Duration.minutes(1) })],
    });
  }
}
