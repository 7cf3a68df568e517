// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how triggers have their variables
import { beforeEach, describe, expect, test } from '@jest/globals';
import { App, Aws, Stack, TimeZone } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type ArrivalJob, Drover, inlineFunctions, type ScheduledJob } from '../../../lib/index.ts';
import { flat, named, resourcesOf } from '../synthesized.ts';

let stack: Stack;
let drover: Drover;
let bucket: s3.Bucket;
let job: ArrivalJob;
let scheduled: ScheduledJob;

beforeEach(() => {
  stack = new Stack(new App(), 'Test');
  drover = new Drover(stack, 'Drover', { functionFactory: inlineFunctions() });
  bucket = new s3.Bucket(stack, 'Lists');
  const role = new iam.Role(stack, 'JobRole', { path: '/drover/', assumedBy: new iam.AccountRootPrincipal() });
  job = {
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: '${trigger.date}' }] } },
    Report: {
      Enabled: true,
      Bucket: bucket.bucketArn,
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
      Prefix: `reports/${Aws.REGION}`,
    },
    RoleArn: role.roleArn,
    Priority: 7,
  };
  const { Manifest: _, ...sourceless } = job;
  scheduled = {
    ...sourceless,
    ManifestGenerator: {
      S3JobManifestGenerator: {
        SourceBucket: bucket.bucketArn,
        EnableManifestOutput: false,
        ExpectedBucketOwner: Aws.ACCOUNT_ID,
      },
    },
  };
});

/** What reaches the trigger function: the name and the definition, references as `<Resource.Arn>`. */
function declared(): { name: unknown; definition: Record<string, unknown>; token: string }[] {
  return resourcesOf(stack, 'Custom::DroverTrigger').map(([, { Properties }]) => ({
    name: Properties['Name'],
    definition: JSON.parse(named(Properties['Definition'])) as Record<string, unknown>,
    token: named(Properties['ServiceToken']),
  }));
}

/** Rules whose target is the trigger function, besides the two that every Drover has. */
function rules(): { pattern: unknown; targets: unknown }[] {
  return resourcesOf(stack, 'AWS::Events::Rule')
    .filter(([id]) => id.includes('Objects'))
    .map(([, { Properties }]) => ({ pattern: Properties['EventPattern'], targets: Properties['Targets'] }));
}

test('an inventory trigger reaches the trigger function as the API would have it, and needs no rule of its own', () => {
  drover.addInventoryTrigger({ name: 'nightly', bucket, prefix: 'photos/daily', job, overlap: 'Run' });
  expect(declared()).toEqual([
    {
      name: 'nightly',
      token: '<DroverTriggerFunction.Arn>',
      definition: {
        Kind: 'Inventory',
        Bucket: '<Lists.Arn>',
        Prefix: 'photos/daily',
        Overlap: 'Run',
        Job: {
          Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: '${trigger.date}' }] } },
          Report: expect.objectContaining({ Enabled: true, Bucket: '<Lists.Arn>', Prefix: 'reports/<AWS::Region>' }),
          RoleArn: '<JobRole.Arn>',
          Priority: 7,
        },
      },
    },
  ]);
  expect(rules()).toEqual([]);
});

test('an object trigger brings the rule of its bucket’s events', () => {
  const Manifest = {
    Spec: { Format: 'S3BatchOperations_CSV_20180820' as const, Fields: ['Bucket' as const, 'Key' as const] },
  };
  drover.addObjectTrigger({
    name: 'dropped',
    bucket,
    prefix: 'in/',
    suffix: '.csv',
    job: { ...job, Manifest },
    enabled: false,
  });
  expect(declared()[0]?.definition).toMatchObject({
    Kind: 'Object',
    Bucket: '<Lists.Arn>',
    Prefix: 'in/',
    Suffix: '.csv',
    Enabled: false,
    Job: { Manifest },
  });
  expect(
    rules().map(({ pattern, targets }) => [
      JSON.parse(JSON.stringify(pattern)),
      named((targets as { Arn: unknown }[])[0]?.Arn),
    ]),
  ).toEqual([
    [
      {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [{ Ref: expect.stringMatching(/^Lists/) }] }, object: { key: [{ prefix: 'in/' }] } },
      },
      '<DroverTriggerFunction.Arn>',
    ],
  ]);
  const permissions = resourcesOf(stack, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
    flat(Properties['SourceArn']),
  );
  expect(permissions.filter((source) => source.includes('Objects'))).toHaveLength(1);
});

test.each<[string, Parameters<Drover['addScheduleTrigger']>[0]['schedule'], TimeZone | string | undefined, object]>([
  ['an expression', 'rate(6 hours)', undefined, { Schedule: 'rate(6 hours)' }],
  ['a schedule', events.Schedule.cron({ hour: '3', minute: '0' }), undefined, { Schedule: 'cron(0 3 * * ? *)' }],
  ['a time zone by name', 'rate(1 day)', 'Asia/Tokyo', { Schedule: 'rate(1 day)', TimeZone: 'Asia/Tokyo' }],
  ['a time zone', 'rate(1 day)', TimeZone.EUROPE_BERLIN, { TimeZone: 'Europe/Berlin' }],
])('a schedule trigger with %s', (_, schedule, timeZone, expected) => {
  drover.addScheduleTrigger({ name: 'weekly', schedule, job: scheduled, ...(timeZone && { timeZone }) });
  expect(declared()[0]?.definition).toMatchObject({ Kind: 'Schedule', ...expected });
  expect(rules()).toEqual([]);
});

test('several stand side by side', () => {
  drover.addInventoryTrigger({ name: 'one', bucket, prefix: 'a', job });
  drover.addInventoryTrigger({
    name: 'two',
    bucket: s3.Bucket.fromBucketName(stack, 'Other', 'other'),
    prefix: 'b',
    job,
  });
  drover.addScheduleTrigger({ name: 'three', schedule: 'rate(1 hour)', job: scheduled });
  expect(declared().map(({ name }) => name)).toEqual(['one', 'two', 'three']);
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 10);
});

describe('is refused when the app is synthesized', () => {
  test.each<[string, () => void, RegExp]>([
    [
      'a name that is none',
      () => drover.addInventoryTrigger({ name: 'a b', bucket, prefix: 'x', job }),
      /Trigger a b: .*letters/,
    ],
    [
      'a job that CreateJob would refuse',
      () => drover.addInventoryTrigger({ name: 'n', bucket, prefix: 'x', job: { ...job, Operation: {} } }),
      /Trigger n: Job\.Operation must have exactly one operation/,
    ],
    [
      'a report without a bucket',
      () => drover.addInventoryTrigger({ name: 'n', bucket, prefix: 'x', job: { ...job, Report: { Enabled: true } } }),
      /Job\.Report\.Bucket is missing/,
    ],
    [
      'a variable that there is not',
      () =>
        drover.addObjectTrigger({
          name: 'n',
          bucket,
          prefix: 'x',
          job: { ...job, Description: '${trigger.reportDate}' },
        }),
      /Job\.Description has \$\{trigger\.reportDate\}, which there is not/,
    ],
    [
      'every object of a bucket',
      () => drover.addObjectTrigger({ name: 'n', bucket, job }),
      /Prefix, Suffix or Pattern/,
    ],
    [
      'a schedule that is none',
      () => drover.addScheduleTrigger({ name: 'n', schedule: 'daily', job: scheduled }),
      /Schedule must be like rate/,
    ],
    [
      'a schedule without tasks',
      () => {
        const { ManifestGenerator: _, ...bare } = scheduled;
        drover.addScheduleTrigger({ name: 'n', schedule: 'rate(1 day)', job: bare });
      },
      /Job\.Manifest is missing/,
    ],
  ])('%s', (_, declare, message) => {
    expect(declare).toThrow(message);
  });

  test('a second trigger of a name', () => {
    drover.addInventoryTrigger({ name: 'n', bucket, prefix: 'x', job });
    expect(() => drover.addScheduleTrigger({ name: 'n', schedule: 'rate(1 day)', job: scheduled })).toThrow(
      /two triggers named n/,
    );
  });
});
