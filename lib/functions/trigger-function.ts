import { ArnFormat, Duration, Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CallerProps } from './caller-props.ts';
import { EngineFunction } from './engine-function.ts';

/** A rule has a name of at most 64 characters; 32 of them are the trigger's. */
const LONGEST_PREFIX = 23;

/** Fires triggers: at events and schedules, and each minute for what they missed. */
export class TriggerFunction extends EngineFunction {
  /** How the names of the rules begin that it makes for triggers. */
  readonly rulePrefix: string;

  constructor(scope: Construct, id: string, props: CallerProps) {
    const deployment = Names.uniqueResourceName(scope, { maxLength: LONGEST_PREFIX, separator: '-' });
    const rulePrefix = `${deployment}-trigger-`;
    super(scope, id, props, {
      name: 'trigger',
      description: 'Creates jobs when inventory reports or objects arrive and when schedules say so.',
      memorySize: 512,
      timeout: Duration.minutes(5),
      environment: { ...props.scheduler.environment, ...props.notifications.apiEnvironment, RULE_PREFIX: rulePrefix },
    });
    this.rulePrefix = rulePrefix;
    // The next minute finds what a call missed.
    this.handler.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) });
    props.tables.grantChangeJobs(this);
    props.tables.grantListJobs(this);
    props.tables.grantDeleteTriggers(this);
    // What it watches is seen with the role of the trigger's job.
    props.jobRoles.grantAssume(this);
    props.scheduler.grantCall(this);
    this.allowOwnRules();
  }

  /** Rules are made for object triggers as callers define them; no others can be touched. */
  private allowOwnRules(): void {
    const rules = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: `${this.rulePrefix}*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['events:PutRule', 'events:PutTargets', 'events:RemoveTargets', 'events:DeleteRule'],
        resources: [rules],
      }),
    );
    this.handler.addPermission('OwnRules', {
      principal: new iam.ServicePrincipal('events.amazonaws.com'),
      sourceArn: rules,
    });
  }
}

/** An asynchronous call of the trigger function: its name for the environment of who calls, and the permission. */
export class TriggerCall {
  readonly environment: Readonly<Record<string, string>>;

  constructor(private readonly trigger: TriggerFunction) {
    this.environment = { TRIGGER_FUNCTION: trigger.handler.functionName };
  }

  grantCall(grantee: iam.IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.trigger.handler.functionArn] }),
    );
  }
}
