import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, FakeDrover, type Received } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';
const ROLE = 'arn:aws:iam::000000000000:role/drover/tagger';
const TAGGING = ['--operation', 'put-object-tagging', '--tags', 'project=atlas,stage='];
const BASICS = ['--manifest', 's3://lists/2026/a b.csv', '--role-arn', ROLE];

let drover: FakeDrover;
let folder: string;

beforeEach(async () => {
  drover = await FakeDrover.start(answer);
  folder = await mkdtemp(join(tmpdir(), 'drover-cli-'));
});

afterEach(async () => {
  await drover.close();
  await rm(folder, { recursive: true });
});

function answer(request: Received): Answer {
  if (request.method === 'HEAD' && request.target.startsWith('/lists/2026/')) return { headers: { etag: '"abc123"' } };
  if (request.method === 'HEAD') return { status: 404 };
  return { body: { JobId: JOB } };
}

function sent(): Record<string, unknown> {
  const request = drover.received.find(({ target }) => target === '/v20180820/jobs');
  return JSON.parse(request?.body ?? '{}') as Record<string, unknown>;
}

describe('drover jobs create', () => {
  test('sends the request that the flags describe, with the ETag that S3 tells', async () => {
    const flags = ['--fields', 'Bucket,Key,VersionId', '--report', 's3://reports/my/prefix', '--report-failed-only'];
    const more = ['--priority', '7', '--description', 'tag all', '--no-confirm', '--token', 't-1', '--job-tag', 'a=1'];
    const outcome = await runCli(
      ['jobs', 'create', ...BASICS, ...TAGGING, ...flags, ...more, '--job-tag', 'b=x=y'],
      drover,
    );
    expect(outcome.stderr).toBe('');
    expect(linesOf(outcome.stdout)).toEqual([`Created job ${JOB}`, `See how it goes: drover jobs watch ${JOB}`]);
    expect(outcome.code).toBe(0);
    expect(drover.requests).toEqual(['HEAD /lists/2026/a%20b.csv', 'POST /v20180820/jobs']);
    expect(sent()).toEqual({
      ConfirmationRequired: false,
      ClientRequestToken: 't-1',
      Priority: 7,
      Operation: {
        S3PutObjectTagging: {
          TagSet: [
            { Key: 'project', Value: 'atlas' },
            { Key: 'stage', Value: '' },
          ],
        },
      },
      Report: {
        Bucket: 'arn:aws:s3:::reports',
        Format: 'Report_CSV_20180820',
        Enabled: true,
        Prefix: 'my/prefix',
        ReportScope: 'FailedTasksOnly',
      },
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
        Location: { ObjectArn: 'arn:aws:s3:::lists/2026/a b.csv', ETag: 'abc123' },
      },
      Description: 'tag all',
      RoleArn: ROLE,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: 'x=y' },
      ],
    });
  });

  test('is signed for s3 by anybody, in JSON, for the local account', async () => {
    await runCli(['jobs', 'create', ...BASICS, ...TAGGING, '--no-report', '--etag', 'e'], drover);
    const headers = drover.received[0]?.headers ?? {};
    expect(headers['x-amz-account-id']).toBe('000000000000');
    expect(headers['content-type']).toBe('application/json');
    expect(headers.accept).toBe('application/json');
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-east-1\/s3\/aws4_request, /);
  });

  test('asks for confirmation unless told otherwise, and says so', async () => {
    const outcome = await runCli(['jobs', 'create', ...BASICS, ...TAGGING, '--no-report'], drover);
    expect(linesOf(outcome.stdout)[1]).toBe(`It begins once you confirm it: drover jobs confirm ${JOB}`);
    expect(sent()).toMatchObject({ ConfirmationRequired: true, Priority: 10, Report: { Enabled: false } });
    expect(sent().ClientRequestToken).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('invokes a function', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:thumbnail';
    await runCli(
      ['jobs', 'create', ...BASICS, '--operation', 'lambda-invoke', '--function-arn', arn, '--no-report'],
      drover,
    );
    expect(sent()).toMatchObject({ Operation: { LambdaInvoke: { FunctionArn: arn } } });
  });

  test.each<[string, string[], object]>([
    [
      'a copy by its shorthands',
      ['put-object-copy', '--to', 's3://archive/2026/', '--storage-class', 'GLACIER_IR', '--tags', 'a=b'],
      {
        S3PutObjectCopy: {
          TargetResource: 'arn:aws:s3:::archive',
          TargetKeyPrefix: '2026',
          StorageClass: 'GLACIER_IR',
          NewObjectTagging: [{ Key: 'a', Value: 'b' }],
        },
      },
    ],
    [
      'members of S3 and of Drover, each where it belongs',
      [
        'S3PutObjectCopy',
        '--parameters',
        '{"StorageClass": "GLACIER"}',
        '--set',
        `TargetKey=\${key}.bak`,
        '--to',
        's3://b',
      ],
      {
        S3PutObjectCopy: { StorageClass: 'GLACIER', TargetResource: 'arn:aws:s3:::b' },
        Drover: { S3PutObjectCopy: { TargetKey: `\${key}.bak` } },
      },
    ],
    [
      'members by path, each as its type has it',
      [
        ...['put-object-retention', '--set', 'BypassGovernanceRetention=true', '--set', 'Retention.Mode=GOVERNANCE'],
        ...['--set', 'Retention.RetainUntilDate=2030-01-01T00:00:00Z'],
      ],
      {
        S3PutObjectRetention: {
          BypassGovernanceRetention: true,
          Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2030-01-01T00:00:00Z' },
        },
      },
    ],
    [
      'a number, and a list as JSON',
      ['lambda-invoke', '--function-arn', 'f', '--set', 'TasksPerInvocation=10', '--set', 'UserArguments={"a":"b"}'],
      {
        LambdaInvoke: { FunctionArn: 'f', UserArguments: { a: 'b' } },
        Drover: { LambdaInvoke: { TasksPerInvocation: 10 } },
      },
    ],
    ['a deletion', ['delete-object', '--confirm-delete'], { Drover: { DeleteObject: { Confirm: 'delete' } } }],
    [
      'tags to merge',
      ['merge-tags', '--tags', 'a=b', '--remove-tags', 'c,d'],
      { Drover: { MergeTags: { TagSet: [{ Key: 'a', Value: 'b' }], RemoveKeys: ['c', 'd'] } } },
    ],
    ['an operation without members', ['delete-object-tagging'], { S3DeleteObjectTagging: {} }],
    ['one of Drover’s own without members', ['inspect'], { Drover: { Inspect: {} } }],
  ])('sends %s', async (_, operation, expected) => {
    const outcome = await runCli(['jobs', 'create', ...BASICS, '--no-report', '--operation', ...operation], drover);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(sent().Operation).toEqual(expected);
    expect(sent()).not.toHaveProperty('Drover');
  });

  test('sends what Drover can do with any operation, on top of what the file asks', async () => {
    const file = join(folder, 'job.yaml');
    await writeFile(file, `${YAML_JOB}Drover: { SkipUnchanged: true, RateLimit: { TasksPerSecond: 9 } }\n`);
    await runCli(['jobs', 'create', '--file', file, '--dry-run', '--rate', '250'], drover);
    expect(sent().Drover).toEqual({ DryRun: true, SkipUnchanged: true, RateLimit: { TasksPerSecond: 250 } });
  });

  test('names columns of the manifest, and fills values from them', async () => {
    const flags = ['--fields', 'Bucket,Key,Owner,Ignore', '--filter', 'First=5', '--task-parameters'];
    const merge = ['--operation', 'merge-tags', '--tags', `owner=\${Owner}`];
    await runCli(['jobs', 'create', ...BASICS, ...flags, ...merge, '--no-report'], drover);
    expect(sent()).toMatchObject({
      Operation: { Drover: { MergeTags: { TagSet: [{ Key: 'owner', Value: `\${Owner}` }] } } },
      Manifest: {
        Spec: { Fields: ['Bucket', 'Key', 'Ignore', 'Ignore'] },
        Drover: { ColumnNames: ['Bucket', 'Key', 'Owner', 'Ignore'], Filter: { First: 5 } },
      },
      Drover: { TaskParameters: true },
    });
  });

  test('sends a job’s bounds, and what it waits for', async () => {
    const flags = ['--max-workers', '4', '--failure-threshold', '5/200', '--after', `${JOB},another-job`];
    const more = ['--after-on', 'Any', '--after-tasks', 'SucceededTasks', '--no-report'];
    const outcome = await runCli(
      ['jobs', 'create', '--operation', 'inspect', '--role-arn', ROLE, ...flags, ...more],
      drover,
    );
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(sent()).not.toHaveProperty('Manifest');
    expect(sent().Drover).toEqual({
      MaxWorkers: 4,
      FailureThreshold: { Percent: 5, MinimumTasks: 200 },
      After: { JobIds: [JOB, 'another-job'], On: 'Any', Manifest: 'SucceededTasks' },
    });
  });

  test.each([
    [['--failure-threshold', '101'], 'It should be a percentage, like 5'],
    [['--after', 'no job'], "'no job' is not a job id"],
    [['--after', JOB, '--after-on', 'Success'], 'Allowed choices are Complete, Failed, Any'],
    [['--after-tasks', 'Same'], '--after-tasks goes with --after, which is missing.'],
  ])('refuses %j before anything is sent', async (flags, message) => {
    const outcome = await runCli(['jobs', 'create', ...BASICS, '--operation', 'inspect', ...flags], drover);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(2);
    expect(drover.requests).toEqual([]);
  });

  test('takes a YAML file, fills in the ETag, and lets flags have the last word', async () => {
    const file = join(folder, 'job.yaml');
    await writeFile(file, YAML_JOB);
    const outcome = await runCli(['jobs', 'create', '--file', file, '--priority', '50', '--json'], drover);
    expect(linesOf(outcome.stdout)).toEqual([JSON.stringify({ JobId: JOB })]);
    expect(sent()).toMatchObject({
      Priority: 50,
      Description: 'from a file',
      Manifest: { Location: { ObjectArn: 'arn:aws:s3:::lists/2026/x.csv', ETag: 'abc123' } },
    });
    expect(sent()).not.toHaveProperty('AccountId');
  });

  test('takes JSON from standard input', async () => {
    const job = { RoleArn: ROLE, Operation: {}, Report: { Enabled: false }, Manifest: { Location: { ETag: 'e' } } };
    const outcome = await runCli(['jobs', 'create', '--file', '-'], { ...drover, stdin: JSON.stringify(job) });
    expect(outcome.code).toBe(0);
    expect(sent()).toMatchObject(job);
  });

  test('--wait follows the job and exits with how it ended', async () => {
    const ended = {
      JobId: JOB,
      Status: 'Complete',
      ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksFailed: 1, NumberOfTasksSucceeded: 1 },
    };
    const other = await FakeDrover.start((request) =>
      request.method === 'GET' ? { body: { Job: ended } } : answer(request),
    );
    const outcome = await runCli(
      ['jobs', 'create', ...BASICS, ...TAGGING, '--no-report', '--no-confirm', '--wait'],
      other,
    );
    await other.close();
    expect(linesOf(outcome.stdout)).toEqual([
      `Created job ${JOB}`,
      'Complete  100 %  2 of 2 done  1 failed',
      `Job ${JOB}: Complete, with 1 failed task of 2`,
      `What failed, and why: drover jobs failures ${JOB}`,
    ]);
    expect(outcome.code).toBe(1);
  });

  test('without a manifest asks for a listing of the bucket', async () => {
    const from = ['--bucket', 'photos', '--prefix', 'logs/', '--suffix', '.gz'];
    const outcome = await runCli(['jobs', 'create', ...from, '--role-arn', ROLE, ...TAGGING, '--no-report'], drover);
    expect(outcome.stderr).toBe('');
    expect(drover.requests).toEqual(['POST /v20180820/jobs']);
    expect(sent()).not.toHaveProperty('Manifest');
    expect(sent()).toMatchObject({
      ManifestGenerator: {
        S3JobManifestGenerator: {
          SourceBucket: 'arn:aws:s3:::photos',
          EnableManifestOutput: false,
          Filter: { KeyNameConstraint: { MatchAnyPrefix: ['logs/'], MatchAnySuffix: ['.gz'] } },
        },
      },
    });
  });

  test('writes the listing to a place of its own where that is asked', async () => {
    const rest = ['--role-arn', ROLE, ...TAGGING, '--no-report'];
    const location = { Bucket: 'arn:aws:s3:::lists', ManifestFormat: 'S3InventoryReport_CSV_20211130' };
    for (const [place, ManifestOutputLocation] of [
      ['s3://lists/photos/', { ...location, ManifestPrefix: 'photos' }],
      ['s3://lists', location],
    ] as const) {
      drover.received.length = 0;
      await runCli(['jobs', 'create', '--bucket', 'photos', '--manifest-output', place, ...rest], drover);
      const { ManifestGenerator } = sent() as { ManifestGenerator: { S3JobManifestGenerator: object } };
      expect(ManifestGenerator.S3JobManifestGenerator).toEqual({
        SourceBucket: 'arn:aws:s3:::photos',
        EnableManifestOutput: true,
        ManifestOutputLocation,
      });
    }
  });

  test('narrows a manifest or a listing by a filter, whose values are read by their types', async () => {
    const json = 'Tags.MatchAll=[{"Key":"team","Value":"a"}]';
    const filter = ['--filter', 'OlderThan=90d', '--filter', 'First=100', '--filter', 'Head=true', '--filter', json];
    const Drover = {
      Filter: { OlderThan: '90d', First: 100, Head: true, Tags: { MatchAll: [{ Key: 'team', Value: 'a' }] } },
    };
    const rest = ['--role-arn', ROLE, ...TAGGING, '--no-report', ...filter];
    await runCli(['jobs', 'create', '--bucket', 'photos', ...rest], drover);
    expect(sent()).toMatchObject({ ManifestGenerator: { S3JobManifestGenerator: { Drover } } });
    drover.received.length = 0;
    await runCli(['jobs', 'create', '--manifest', 's3://lists/2026/a.csv', ...rest], drover);
    expect(sent()).toMatchObject({ Manifest: { Drover } });
  });

  test('a manifest that is not there is named', async () => {
    const outcome = await runCli(
      ['jobs', 'create', '--manifest', 's3://lists/gone.csv', '--role-arn', ROLE, ...TAGGING, '--no-report'],
      drover,
    );
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: 'drover: There is no manifest at s3://lists/gone.csv\n' });
  });

  test.each([
    [
      ['--manifest', 'lists/x.csv'],
      "option '--manifest <s3-uri>' argument 'lists/x.csv' is invalid. It should look like s3://bucket/name",
    ],
    [
      ['--manifest', 's3://lists'],
      "option '--manifest <s3-uri>' argument 's3://lists' is invalid. It should name an object: s3://bucket/key",
    ],
    [
      ['--tags', 'nonsense'],
      "option '--tags <name=value,…>' argument 'nonsense' is invalid. 'nonsense' should look like name=value",
    ],
    [
      ['--priority', '-1'],
      "option '--priority <number>' argument '-1' is invalid. It should be a whole number from 0 to 2147483647.",
    ],
    [
      [],
      'Still needed: --manifest s3://bucket/key or --bucket; --operation; --report s3://bucket/prefix or --no-report; --role-arn. Or the whole job: --file job.yaml',
    ],
    [['--manifest', 's3://m/k', '--bucket', 'b'], '--bucket stands instead of --manifest: give one of them.'],
    [['--etag', 'x'], '--etag goes with --manifest, which is missing.'],
    [['--manifest-output', 's3://lists'], '--manifest-output goes with --bucket, which is missing.'],
    [['--no-report', '--report-failed-only'], '--report-failed-only goes with --report, which is missing.'],
    [['--operation', 'delete'], 'There is no operation delete. All that there are: drover operations'],
    [
      ['--operation', 'put-object-tagging'],
      "--operation put-object-tagging needs --tags name=value,… (--tags '' takes all tags away).",
    ],
    [['--operation', 'lambda-invoke'], '--operation lambda-invoke needs --function-arn.'],
    [
      ['--operation', 'lambda-invoke', '--tags', 'a=b'],
      '--tags goes with --operation put-object-tagging or merge-tags or put-object-copy or move. Tags of the job itself: --job-tag.',
    ],
    [
      ['--operation', 'put-object-coppy'],
      'There is no operation put-object-coppy. Did you mean put-object-copy? All that there are: drover operations',
    ],
    [['--confirm-delete'], '--confirm-delete goes with --operation, which is missing.'],
    [['--set', 'A=b'], '--set goes with --operation, which is missing.'],
    [
      ['--bucket', 'b', '--filter', 'OldThan=1d'],
      '--filter OldThan: the filter has no member OldThan. Did you mean OlderThan?',
    ],
    [['--bucket', 'b', '--filter', 'First=ten'], '--filter First takes a number, not "ten".'],
    [
      ['--operation', 'put-object-legal-hold'],
      `--operation put-object-legal-hold needs LegalHold: --set LegalHold=… or --parameters '{"LegalHold": …}'`,
    ],
    [
      ['--operation', 'put-object-copy', '--set', 'TargetResorce=x'],
      '--set TargetResorce: put-object-copy has no member TargetResorce. Did you mean TargetResource?',
    ],
    [
      ['--operation', 'put-object-legal-hold', '--set', 'LegalHold.Colour=x'],
      '--set LegalHold.Colour: put-object-legal-hold.LegalHold has no member Colour. It has Status.',
    ],
    [
      ['--operation', 'initiate-restore-object', '--set', 'ExpirationInDays=ten'],
      '--set ExpirationInDays takes a number, not "ten".',
    ],
    [
      ['--operation', 'delete-object', '--parameters', '[1]'],
      `option '--parameters <json>' argument '[1]' is invalid. It should be JSON, like '{"StorageClass": "GLACIER"}'.`,
    ],
    [
      ['--rate', '0'],
      "option '--rate <number>' argument '0' is invalid. It should be a whole number from 1 to 1000000.",
    ],
    [['--frobnicate'], "unknown option '--frobnicate'"],
  ])('%j is a usage error that says what would be right', async (flags, message) => {
    const outcome = await runCli(['jobs', 'create', ...flags], drover);
    expect(linesOf(outcome.stderr)).toEqual([
      `drover: ${message}`,
      'With --help a command shows its options and examples.',
    ]);
    expect(outcome.code).toBe(2);
    expect(drover.requests).toEqual([]);
  });

  test.each([
    ['a: [', 'job.yaml is not valid YAML or JSON: Flow sequence in block collection must be sufficiently indented'],
    ['just text', 'job.yaml does not hold a job. It should have the members Manifest, Operation, Report and RoleArn.'],
  ])('a file holding %j is refused', async (content, message) => {
    const file = join(folder, 'job.yaml');
    await writeFile(file, content);
    const outcome = await runCli(['jobs', 'create', '--file', file], drover);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(1);
  });

  test('a file that is not there is named', async () => {
    const outcome = await runCli(['jobs', 'create', '--file', '/nowhere/job.yaml'], drover);
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: 'drover: There is no file or folder /nowhere/job.yaml.\n' });
  });
});

const YAML_JOB = `
AccountId: '000000000000'
Description: from a file
Priority: 3
RoleArn: ${ROLE}
Operation:
  S3PutObjectTagging:
    TagSet:
      - { Key: a, Value: b }
Report: { Enabled: false }
Manifest:
  Spec: { Format: S3BatchOperations_CSV_20180820, Fields: [Bucket, Key] }
  Location: { ObjectArn: 'arn:aws:s3:::lists/2026/x.csv' }
`;
