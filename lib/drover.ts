import { RemovalPolicy, Token } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Stage } from '../core/job/status.ts';
import type { TriggerDefinition } from '../core/triggers/definition.ts';
import type { EngineFunction } from './functions/engine-function.ts';
import { engineFunctions } from './functions/engine-functions.ts';
import { bundledFunctions, type FunctionFactory } from './functions/function-factory.ts';
import { FUNCTION_NAMES, type FunctionName } from './functions/function-names.ts';
import { InvalidSetting } from './invalid-setting.ts';
import { JobApi } from './job-api.ts';
import { JobRoles } from './job-roles.ts';
import { JobTables } from './job-tables.ts';
import { machineAddresses } from './machine-address.ts';
import { Notifications } from './notifications.ts';
import { SweeperRule } from './sweeper-rule.ts';
import { TriggerRules } from './trigger-rules.ts';
import { DeclaredTrigger } from './triggers/declared-trigger.ts';
import { inventoryDefinition, objectDefinition, scheduleDefinition } from './triggers/definitions.ts';
import type {
  InventoryTriggerProps,
  ObjectTriggerProps,
  ScheduleTriggerProps,
  WatchedBucket,
} from './triggers/trigger-props.ts';
import { TurnMachine } from './turn-machine.ts';
import { WorkBucket } from './work-bucket.ts';

/** A Map runs at most this many children at once (Step Functions quota, not adjustable). */
const MOST_WORKERS = 10_000;

export interface DroverProps {
  /**
   * Workers that run at once, of all jobs together. What the account's Lambda concurrency leaves is the other bound.
   *
   * @default 100
   */
  readonly maxConcurrentWorkers?: number;

  /**
   * Jobs that have workers at once: others wait, Ready or Paused, for their turn.
   *
   * @default - as many as there are workers
   */
  readonly maxActiveJobs?: number;

  /**
   * The roles that jobs may use: ARNs, or patterns of ARNs with `*`. A job that names any other is refused, and no
   * function of the deployment could assume it.
   *
   * @default - this account's roles under the path /drover/
   */
  readonly jobRoles?: readonly string[];

  /**
   * A topic, or its ARN, that is told of each change of a job's status, in the form of S3's own events. The default event
   * bus is told in any case.
   *
   * @default - no topic
   */
  readonly notificationTopic?: sns.ITopic | string;

  /**
   * The topics that jobs may name (`Drover.NotificationTopicArn`): ARNs, or patterns of ARNs with `*`.
   *
   * @default - none
   */
  readonly jobTopics?: readonly string[];

  /**
   * What becomes of the tables and the work bucket when they leave the stack. With DESTROY the bucket must be empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * A key for the work bucket.
   *
   * @default - keys managed by S3
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Where the functions' code comes from.
   *
   * @default - the functions of this package
   */
  readonly functionFactory?: FunctionFactory;
}

/** S3 Batch Operations that you own: the job API, the machines that run jobs, and where jobs are kept. */
export class Drover extends Construct {
  readonly api: JobApi;
  /** Patterns of the roles that jobs may use, and the external id that their trust policies may ask for. */
  readonly jobRoles: JobRoles;
  readonly jobsTable: dynamodb.Table;
  readonly progressTable: dynamodb.Table;
  readonly workBucket: s3.Bucket;
  readonly functions: Readonly<Record<FunctionName, lambda.IFunction>>;
  readonly stateMachines: Readonly<Record<Stage, sfn.IStateMachine>>;

  constructor(scope: Construct, id: string, props: DroverProps = {}) {
    super(scope, id);
    const maxConcurrentWorkers = checkBound('maxConcurrentWorkers', props.maxConcurrentWorkers ?? 100);
    const maxActiveJobs = checkBound('maxActiveJobs', props.maxActiveJobs ?? maxConcurrentWorkers);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;

    const tables = new JobTables(this, 'Tables', { removalPolicy });
    const workBucket = new WorkBucket(this, 'Work', {
      removalPolicy,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    });
    const jobRoles = new JobRoles(this, 'Roles', { ...(props.jobRoles && { patterns: props.jobRoles }) });
    const notifications = new Notifications({
      ...(props.notificationTopic && { topic: props.notificationTopic }),
      ...(props.jobTopics && { jobTopics: props.jobTopics }),
    });
    const machines = machineAddresses(this);

    const functions = engineFunctions(this, {
      factory: props.functionFactory ?? bundledFunctions(),
      tables,
      workBucket,
      jobRoles,
      notifications,
      maxConcurrentWorkers,
      maxActiveJobs,
      machines,
    });
    const machine = (id: string, stage: Stage, item: FunctionName) =>
      new TurnMachine(this, id, {
        address: machines[stage],
        turn: functions[stage].handler,
        item: functions[item].handler,
        workBucket,
      }).stateMachine;

    this.stateMachines = {
      prepare: machine('PrepareJob', 'prepare', 'prepare-chunk'),
      run: machine('RunJob', 'run', 'worker'),
      report: machine('ReportJob', 'report', 'report-range'),
    };
    new SweeperRule(this, 'EachMinute', functions.sweeper.handler);
    new TriggerRules(this, 'Triggers', functions.trigger.handler);
    this.api = new JobApi(this, 'JobApi', functions.api.handler);
    this.jobRoles = jobRoles;
    this.jobsTable = tables.jobs;
    this.progressTable = tables.progress;
    this.workBucket = workBucket.bucket;
    this.functions = mapHandlers(functions);
  }

  /** A job for each report of an inventory that arrives; never two for one report. */
  addInventoryTrigger(props: InventoryTriggerProps): void {
    this.declareTrigger(props.name, inventoryDefinition(props));
  }

  /** A job for each object that arrives, such as a list dropped into a folder. */
  addObjectTrigger(props: ObjectTriggerProps): void {
    this.declareTrigger(props.name, objectDefinition(props), props.bucket);
  }

  /** A job whenever a schedule says so. */
  addScheduleTrigger(props: ScheduleTriggerProps): void {
    this.declareTrigger(props.name, scheduleDefinition(props));
  }

  private declareTrigger(name: string, definition: TriggerDefinition, objectsOf?: WatchedBucket): void {
    const id = `Trigger-${name}`;
    if (this.node.tryFindChild(id) !== undefined) {
      throw new InvalidSetting(`There are two triggers named ${name}: give one of them another name.`);
    }
    const handler = this.functions.trigger;
    new DeclaredTrigger(this, id, { name, handler, definition, ...(objectsOf && { objectsOf }) });
  }

  /** Allows to create jobs. Whoever may create a job makes it act with any of the job roles. */
  grantCreateJob(grantee: iam.IGrantable): iam.Grant {
    return this.api.grantCreateJob(grantee);
  }

  /** Allows to list and describe jobs and to see their tags. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.api.grantRead(grantee);
  }

  /**
   * Allows to make, change, fire and delete triggers. Whoever may make a trigger may create jobs, which act with any of
   * the job roles.
   */
  grantTriggers(grantee: iam.IGrantable): iam.Grant {
    return this.api.grantTriggers(grantee);
  }

  /** Allows to change jobs: confirm, cancel, priority, tags. */
  grantManage(grantee: iam.IGrantable): iam.Grant {
    return this.api.grantManage(grantee);
  }
}

function checkBound(name: string, workers: number): number {
  if (Token.isUnresolved(workers)) {
    throw new InvalidSetting(`${name} must be a number that is known when the app is synthesized.`);
  }
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    throw new InvalidSetting(`${name} is ${workers}; it must be a whole number from 1 to ${MOST_WORKERS}.`);
  }
  return workers;
}

function mapHandlers(
  functions: Readonly<Record<FunctionName, EngineFunction>>,
): Record<FunctionName, lambda.IFunction> {
  const handlers = FUNCTION_NAMES.map((name) => [name, functions[name].handler]);
  return Object.fromEntries(handlers) as Record<FunctionName, lambda.IFunction>;
}
