import type { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** The index that ListJobs reads; job ids by creation time. */
const LIST_INDEX = 'ListJobs';

const READ = ['dynamodb:GetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];
const DELETE = ['dynamodb:DeleteItem'];

export interface JobTablesProps {
  /** What becomes of the tables when they leave the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** The ledger: the jobs, and how far each has come. Its grants are DynamoDB actions on exactly these tables. */
export class JobTables extends Construct {
  /** Several small items a job (request, state, totals, tags), the lists of open and closed jobs, the schedule. */
  readonly jobs: dynamodb.Table;
  /** Blocks: which shards of a job are done, and the counts. */
  readonly progress: dynamodb.Table;

  constructor(scope: Construct, id: string, props: JobTablesProps) {
    super(scope, id);
    this.jobs = this.table('Jobs', props, {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
    });
    this.jobs.addGlobalSecondaryIndex({
      indexName: LIST_INDEX,
      partitionKey: { name: 'listPk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'listSk', type: dynamodb.AttributeType.STRING },
      // What the index names is read from the table: an index lags.
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    this.progress = this.table('Progress', props, {
      partitionKey: { name: 'jobId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'block', type: dynamodb.AttributeType.NUMBER },
    });
  }

  grantReadJobs(grantee: iam.IGrantable): void {
    grant(grantee, [...READ, 'dynamodb:BatchGetItem'], this.jobs.tableArn);
  }

  grantListJobs(grantee: iam.IGrantable): void {
    grant(grantee, ['dynamodb:Query'], `${this.jobs.tableArn}/index/${LIST_INDEX}`);
  }

  grantChangeJobs(grantee: iam.IGrantable): void {
    this.grantReadJobs(grantee);
    grant(grantee, WRITE, this.jobs.tableArn);
  }

  /** To take an ended job off the open jobs: the one thing that is removed before a job's time is over. */
  grantCloseJobs(grantee: iam.IGrantable): void {
    grant(grantee, DELETE, this.jobs.tableArn, {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['OPEN#*'] },
    });
  }

  /** To forget firings and triggers, and no job. */
  grantDeleteTriggers(grantee: iam.IGrantable): void {
    grant(grantee, DELETE, this.jobs.tableArn, {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['TRIGGER*'] },
    });
  }

  grantDeleteJobs(grantee: iam.IGrantable): void {
    grant(grantee, DELETE, this.jobs.tableArn);
  }

  grantReadProgress(grantee: iam.IGrantable): void {
    grant(grantee, READ, this.progress.tableArn);
  }

  grantChangeProgress(grantee: iam.IGrantable): void {
    grant(grantee, [...READ, ...WRITE], this.progress.tableArn);
  }

  grantDeleteProgress(grantee: iam.IGrantable): void {
    grant(grantee, DELETE, this.progress.tableArn);
  }

  private table(id: string, props: JobTablesProps, keys: dynamodb.SchemaOptions): dynamodb.Table {
    return new dynamodb.Table(this, id, {
      ...keys,
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy,
    });
  }
}

function grant(grantee: iam.IGrantable, actions: string[], resource: string, conditions?: iam.Conditions): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({ actions, resources: [resource], ...(conditions && { conditions }) }),
  );
}
