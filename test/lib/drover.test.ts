import { describe, expect, test } from '@jest/globals';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Drover, inlineFunctions } from '../../lib/index.ts';
import { permissionsOf } from './statements.ts';
import { droverStack, flat, named, resourcesOf } from './synthesized.ts';

describe('the tables', () => {
  const template = Template.fromStack(droverStack());

  test('have the keys of the ledger, are paid by request and can be restored to any second', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 2);
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ListJobs',
          KeySchema: [
            { AttributeName: 'listPk', KeyType: 'HASH' },
            { AttributeName: 'listSk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'jobId', KeyType: 'HASH' },
        { AttributeName: 'block', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'jobId', AttributeType: 'S' },
        { AttributeName: 'block', AttributeType: 'N' },
      ],
    });
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TableName: Match.absent(),
      StreamSpecification: Match.absent(),
    });
  });

  test('and the work bucket outlive the stack unless told otherwise', () => {
    const kept = (stack: Stack) =>
      resourcesOf(stack)
        .filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table' || Type === 'AWS::S3::Bucket')
        .map(([, { DeletionPolicy }]) => DeletionPolicy);
    expect(kept(droverStack())).toEqual(['Retain', 'Retain', 'Retain']);
    expect(kept(droverStack({ removalPolicy: RemovalPolicy.DESTROY }))).toEqual(['Delete', 'Delete', 'Delete']);
  });
});

describe('the functions', () => {
  const stack = droverStack({ maxConcurrentWorkers: 7, jobRoles: ['arn:aws:iam::111122223333:role/batch/*'] });
  const functions = resourcesOf(stack, 'AWS::Lambda::Function');
  const environment = (name: string) => {
    const found = functions.find(([id]) => id.startsWith(`Drover${name}Function`));
    const { Variables } = found![1].Properties.Environment as { Variables: Record<string, unknown> };
    return Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, named(value)]));
  };

  test('are told where everything is', () => {
    expect(environment('Worker')).toEqual({
      JOBS_TABLE: '<DroverTablesJobs>',
      PROGRESS_TABLE: '<DroverTablesProgress>',
      WORK_BUCKET: '<DroverWorkBucket>',
      SCHEDULER_FUNCTION: '<DroverSchedulerFunction>',
      JOB_ROLES: '["arn:aws:iam::111122223333:role/batch/*"]',
      EXTERNAL_ID: expect.stringMatching(/^Test-Drover-[0-9A-F]{8}\.<AWS::Region>$/),
      MAX_CONCURRENT_WORKERS: '7',
      MAX_ACTIVE_JOBS: '7',
      ACCOUNT_ID: '<AWS::AccountId>',
      PARTITION: '<AWS::Partition>',
    });
  });

  test('know the machines where they start or observe executions', () => {
    for (const name of ['Scheduler', 'Sweeper']) {
      expect(environment(name)).toMatchObject({
        PREPARE_STATE_MACHINE: expect.stringMatching(/:stateMachine:Test-Drover-[0-9A-F]{8}-prepare$/),
        RUN_STATE_MACHINE: expect.stringMatching(/-run$/),
        REPORT_STATE_MACHINE: expect.stringMatching(/-report$/),
      });
    }
    expect(Object.keys(environment('Scheduler'))).not.toContain('SCHEDULER_FUNCTION');
    expect(Object.keys(environment('Worker'))).not.toContain('RUN_STATE_MACHINE');
  });

  test('run on arm64 with a role and a log group of their own, kept two weeks', () => {
    const roles = functions.map(([, { Properties }]) => flat(Properties.Role));
    const groups = functions.map(([, { Properties }]) =>
      flat((Properties.LoggingConfig as { LogGroup: unknown }).LogGroup),
    );
    expect(new Set(roles).size).toBe(10);
    expect(new Set(groups).size).toBe(10);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs22.x', Architectures: ['arm64'], Handler: 'index.handler' });
    }
    Template.fromStack(stack).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
  });

  test('have the time that their callers wait', () => {
    const seconds = Object.fromEntries(
      functions.map(([id, { Properties }]) => [id.replace(/^Drover(\w+)Function\w{8}$/, '$1'), Properties.Timeout]),
    );
    expect(seconds).toEqual({
      Scheduler: 60,
      JobApiHandler: 29,
      Sweeper: 60,
      PrepareTurn: 900,
      PrepareChunk: 900,
      RunTurn: 300,
      Worker: 900,
      ReportTurn: 900,
      ReportRange: 900,
      Trigger: 300,
    });
  });

  test('give the scheduler its calls again, and the sweeper not', () => {
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 3);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: Match.objectLike({ Ref: Match.stringLikeRegexp('Scheduler') }),
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 300,
    });
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
  });
});

describe('the settings', () => {
  test('name the only roles that can be assumed', () => {
    const jobRoles = ['arn:aws:iam::111122223333:role/one', 'arn:aws:iam::*:role/drover/*'];
    const assumed = permissionsOf(droverStack({ jobRoles })).filter(({ action }) => action === 'sts:AssumeRole');
    expect(new Set(assumed.map(({ resource }) => resource))).toEqual(new Set(jobRoles));
  });

  test.each([
    [['*'], /"\*" is not a role's ARN/],
    [['arn:aws:iam::111122223333:user/x'], /is not a role's ARN/],
    [[], /jobRoles is empty/],
    [
      Array.from({ length: 60 }, (_, n) => `arn:aws:iam::111122223333:role/drover/team-${n}`),
      /more than 2500 characters/,
    ],
  ])('refuse job roles that are none: %j', (jobRoles, message) => {
    expect(() => droverStack({ jobRoles })).toThrow(message);
  });

  test.each([0, 1.5, 10_001, Number.NaN])('refuse %d workers', (maxConcurrentWorkers) => {
    expect(() => droverStack({ maxConcurrentWorkers })).toThrow(/must be a whole number from 1 to 10000/);
  });

  test('encrypt the work bucket with a key, which all who read or write it may use', () => {
    const stack = new Stack(new App(), 'Test');
    const encryptionKey = new kms.Key(stack, 'Key');
    new Drover(stack, 'Drover', { functionFactory: inlineFunctions(), encryptionKey });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
    });
    const permissions = permissionsOf(stack);
    const who = (action: string) =>
      [...new Set(permissions.filter((p) => p.action === action).map((p) => p.who))].sort();
    expect(who('kms:Decrypt')).toEqual(who('s3:GetObject'));
    expect(who('kms:GenerateDataKey')).toEqual(who('s3:PutObject'));
  });
});

describe('in a stack of somebody else', () => {
  test('two stand side by side, under names of their own', () => {
    const stack = new Stack(new App(), 'Mine');
    new Drover(stack, 'One', { functionFactory: inlineFunctions() });
    new Drover(stack, 'Two', { functionFactory: inlineFunctions() });
    const names = resourcesOf(stack, 'AWS::StepFunctions::StateMachine').map(
      ([, { Properties }]) => Properties.StateMachineName,
    );
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(String(name).length).toBeLessThanOrEqual(64);
  });

  test('machines are named after the stack as it is deployed, not as it is called in the code', () => {
    const names = ['blue', 'green'].map((stackName) => {
      const stack = new Stack(new App(), 'Test', { stackName });
      new Drover(stack, 'Drover', { functionFactory: inlineFunctions() });
      return String(resourcesOf(stack, 'AWS::StepFunctions::StateMachine')[0]![1].Properties.StateMachineName);
    });
    expect(names).toEqual([expect.stringMatching(/^blue-Drover/), expect.stringMatching(/^green-Drover/)]);
  });

  test('callers are granted methods of the API, not the API', () => {
    const stack = new Stack(new App(), 'Mine');
    const drover = new Drover(stack, 'Drover', { functionFactory: inlineFunctions() });
    const role = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });
    drover.grantCreateJob(role('Creator'));
    drover.grantRead(role('Reader'));
    drover.grantManage(role('Manager'));
    drover.grantTriggers(role('Automator'));
    const granted = (who: string) =>
      permissionsOf(stack)
        .filter((permission) => permission.who === `<${who}>`)
        .map(({ action, resource }) => `${action} ${resource.replace(/^.*\/v1\//, '')}`);
    expect(granted('Creator')).toEqual(['execute-api:Invoke POST/v20180820/jobs']);
    expect(granted('Reader')).toEqual([
      'execute-api:Invoke GET/v20180820/jobs',
      'execute-api:Invoke GET/v20180820/jobs/*',
      'execute-api:Invoke GET/v20180820/jobs/*/tagging',
      'execute-api:Invoke GET/v20180820/jobs/*/events',
      'execute-api:Invoke GET/v20180820/events',
      'execute-api:Invoke GET/v20180820/triggers',
      'execute-api:Invoke GET/v20180820/triggers/*',
      'execute-api:Invoke POST/v20180820/estimates',
    ]);
    expect(granted('Manager')).toEqual([
      'execute-api:Invoke POST/v20180820/jobs/*/priority',
      'execute-api:Invoke POST/v20180820/jobs/*/status',
      'execute-api:Invoke POST/v20180820/jobs/*/pause',
      'execute-api:Invoke POST/v20180820/jobs/*/resume',
      'execute-api:Invoke POST/v20180820/jobs/*/limits',
      'execute-api:Invoke PUT/v20180820/jobs/*/tagging',
      'execute-api:Invoke DELETE/v20180820/jobs/*/tagging',
    ]);
    expect(granted('Automator')).toEqual([
      'execute-api:Invoke PUT/v20180820/triggers/*',
      'execute-api:Invoke DELETE/v20180820/triggers/*',
      'execute-api:Invoke POST/v20180820/triggers/*/enable',
      'execute-api:Invoke POST/v20180820/triggers/*/disable',
      'execute-api:Invoke POST/v20180820/triggers/*/fire',
    ]);
  });

  test('it brings no outputs and no parameters of its own', () => {
    const template = Template.fromStack(droverStack()).toJSON();
    expect(template.Outputs).toBeUndefined();
    expect(Object.keys(template.Parameters)).toEqual(['BootstrapVersion']);
  });
});
