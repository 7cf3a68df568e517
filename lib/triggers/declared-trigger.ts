import { CustomResource, Stack, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { checkTrigger } from '../../core/triggers/check-trigger.ts';
import { type TriggerDefinition, triggerName } from '../../core/triggers/definition.ts';
import { rulePattern } from '../../core/triggers/match.ts';
import { check } from '../../core/validation/check.ts';
import { InvalidInput } from '../../core/validation/invalid-input.ts';
import { InvalidSetting } from '../invalid-setting.ts';
import { withSamples } from './sample-values.ts';
import type { WatchedBucket } from './trigger-props.ts';

export interface DeclaredTriggerProps {
  readonly name: string;
  readonly handler: lambda.IFunction;
  /** Texts may be known only when it is deployed. */
  readonly definition: TriggerDefinition;
  /** Of an object trigger: the bucket whose events it needs. */
  readonly objectsOf?: WatchedBucket;
}

/**
 * A trigger that a stack declares: its definition reaches the table by a custom resource, whose provider is the trigger
 * function itself. It is checked when the app is synthesized, as the API would, and again when it is deployed.
 */
export class DeclaredTrigger extends Construct {
  constructor(scope: Construct, id: string, { name, handler, definition, objectsOf }: DeclaredTriggerProps) {
    super(scope, id);
    const stack = Stack.of(this);
    checkDefinition(name, stack.resolve(definition));
    const resource = new CustomResource(this, 'Definition', {
      serviceToken: handler.functionArn,
      resourceType: 'Custom::DroverTrigger',
      // CloudFormation hands every value over as text: numbers and booleans would not be themselves any more.
      properties: { Name: name, Definition: stack.toJsonString(definition) },
    });
    Validations.of(resource).acknowledge({
      id: 'CloudFormation-Validate::E1029',
      reason: 'What looks like a parameter of Fn::Sub is a variable of the trigger, filled in when it fires.',
    });
    if (objectsOf !== undefined) this.addRule(name, handler, definition, objectsOf);
  }

  private addRule(name: string, handler: lambda.IFunction, definition: TriggerDefinition, bucket: WatchedBucket): void {
    const { source, 'detail-type': detailType, detail } = rulePattern(bucket.bucketName, definition);
    new events.Rule(this, 'Objects', {
      description: `Brings the trigger ${name} of Drover its events.`,
      eventPattern: { source, detailType, detail },
      targets: [new targets.LambdaFunction(handler)],
    });
  }
}

function checkDefinition(name: string, definition: unknown): void {
  try {
    checkTrigger(check(triggerName, name), withSamples(definition));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidSetting(`Trigger ${name}: ${error.message}`);
  }
}
