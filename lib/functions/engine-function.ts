import { Aws, type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { JobRoles } from '../job-roles.ts';
import type { JobTables } from '../job-tables.ts';
import type { Notifications } from '../notifications.ts';
import type { WorkBucket } from '../work-bucket.ts';
import type { FunctionFactory } from './function-factory.ts';
import type { FunctionName } from './function-names.ts';

/** What every function of a deployment is given. */
export interface EngineProps {
  readonly factory: FunctionFactory;
  readonly tables: JobTables;
  readonly workBucket: WorkBucket;
  readonly jobRoles: JobRoles;
  readonly notifications: Notifications;
  /** Workers at once, of all jobs together. */
  readonly maxConcurrentWorkers: number;
  /** Jobs that have workers at once. */
  readonly maxActiveJobs: number;
}

/** One function's own settings. */
export interface FunctionSettings {
  readonly name: FunctionName;
  /** One sentence, shown in the Lambda console. */
  readonly description: string;
  /** MB; 1,769 of them bring one vCPU, fewer a part of one. */
  readonly memorySize: number;
  readonly timeout: Duration;
  /** Beside what every function is given. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A function of the deployment, with a role and a log group of its own. A subclass for each says what it is allowed;
 * from here it may only write its log.
 */
export abstract class EngineFunction extends Construct implements iam.IGrantable {
  readonly handler: lambda.Function;
  readonly logGroup: logs.LogGroup;
  readonly grantPrincipal: iam.IPrincipal;

  protected constructor(scope: Construct, id: string, props: EngineProps, settings: FunctionSettings) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.TWO_WEEKS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    this.grantPrincipal = role;
    this.handler = new lambda.Function(this, 'Function', {
      // Not nodejs24.x yet: bundles are tested with Node 20 and 22, locally.
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      code: props.factory.code(settings.name),
      handler: 'index.handler',
      description: settings.description,
      memorySize: settings.memorySize,
      timeout: settings.timeout,
      role,
      logGroup: this.logGroup,
      environment: { ...engineEnvironment(props), ...settings.environment },
    });
    Validations.of(this.handler).acknowledge({
      id: 'AwsSolutions-L1',
      reason: 'nodejs22.x is supported until 2027; the newest runtime is taken when the bundles are tested with it.',
    });
  }
}

function engineEnvironment(props: EngineProps): Record<string, string> {
  return {
    JOBS_TABLE: props.tables.jobs.tableName,
    PROGRESS_TABLE: props.tables.progress.tableName,
    WORK_BUCKET: props.workBucket.bucket.bucketName,
    JOB_ROLES: props.jobRoles.toJson(),
    EXTERNAL_ID: props.jobRoles.externalId,
    MAX_CONCURRENT_WORKERS: String(props.maxConcurrentWorkers),
    MAX_ACTIVE_JOBS: String(props.maxActiveJobs),
    ACCOUNT_ID: Aws.ACCOUNT_ID,
    PARTITION: Aws.PARTITION,
  };
}
