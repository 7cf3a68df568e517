import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answer, FakeDrover, type Received } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';
const OTHER = 'f77ae6d6-2b39-4c0e-95a2-1b1d2c3d4e5f';

let drover: FakeDrover | undefined;

afterEach(async () => {
  await drover?.close();
  drover = undefined;
});

async function run(argv: readonly string[], answer: (request: Received) => Answer) {
  drover = await FakeDrover.start(answer);
  return await runCli(argv, drover);
}

const JOBS = [
  {
    JobId: JOB,
    Status: 'Active',
    Priority: 10,
    Operation: 'S3PutObjectTagging',
    CreationTime: '2026-11-23T18:31:05.123Z',
    Description: 'two\nlines',
    ProgressSummary: { TotalNumberOfTasks: 12_345, NumberOfTasksSucceeded: 6_000, NumberOfTasksFailed: 12 },
  },
  {
    JobId: OTHER,
    Status: 'Preparing',
    Priority: 2_000_000,
    Operation: 'LambdaInvoke',
    CreationTime: '2026-11-22T08:00:00.000Z',
  },
];

describe('drover jobs list', () => {
  test('prints a table that lines up', async () => {
    const outcome = await run(['jobs', 'list'], () => ({ body: { Jobs: JOBS } }));
    expect(linesOf(outcome.stdout)).toEqual([
      'JOB                                   STATUS                 PRIORITY   TASKS  DONE  FAILED  CREATED               OPERATION           DESCRIPTION',
      `${JOB}  Active, with failures        10  12,345  48 %      12  2026-11-23 18:31:05Z  S3PutObjectTagging  two lines`,
      `${OTHER}  Preparing               2000000       –     –       –  2026-11-22 08:00:00Z  LambdaInvoke`,
    ]);
    expect(outcome.code).toBe(0);
    expect(drover?.requests).toEqual(['GET /v20180820/jobs?maxResults=50']);
  });

  test('prints each job as the API gives it, a line each, with --json', async () => {
    const outcome = await run(['jobs', 'list', '--json'], () => ({ body: { Jobs: JOBS } }));
    expect(linesOf(outcome.stdout).map((line) => JSON.parse(line))).toEqual(JOBS);
  });

  test('asks for statuses, one parameter each, whatever their case', async () => {
    await run(['jobs', 'list', '--status', 'active', 'Failed', '--status', 'READY'], () => ({ body: { Jobs: [] } }));
    expect(drover?.requests).toEqual([
      'GET /v20180820/jobs?jobStatuses=Active&jobStatuses=Failed&jobStatuses=Ready&maxResults=50',
    ]);
  });

  test('follows the pages up to its limit and says that there is more', async () => {
    let page = 0;
    const outcome = await run(['jobs', 'list', '--limit', '3'], () => {
      page += 1;
      return { body: { Jobs: JOBS, NextToken: `a+b/${page}` } };
    });
    expect(drover?.requests).toEqual([
      'GET /v20180820/jobs?maxResults=3',
      'GET /v20180820/jobs?maxResults=1&nextToken=a%2Bb%2F1',
    ]);
    expect(linesOf(outcome.stdout).at(-1)).toBe('There are more: drover jobs list --limit 30');
  });

  test('says when there is none', async () => {
    const outcome = await run(['jobs', 'list'], () => ({ body: { Jobs: [] } }));
    expect(outcome.stdout).toBe('There are no such jobs.\n');
  });

  test('names the statuses there are', async () => {
    const outcome = await run(['jobs', 'list', '--status', 'Running'], () => ({}));
    expect(linesOf(outcome.stderr)[0]).toBe(
      "drover: option '--status <status...>' argument 'Running' is invalid. It should be one of Active, Cancelled, " +
        'Cancelling, Complete, Completing, Failed, Failing, New, Paused, Pausing, Preparing, Ready, Suspended.',
    );
    expect(outcome.code).toBe(2);
  });
});

describe('drover jobs describe', () => {
  const described = {
    JobId: JOB,
    Status: 'Failed',
    ConfirmationRequired: false,
    Description: 'tag all',
    Priority: 10,
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::lists/x.csv', ETag: 'e' },
    },
    Operation: {
      S3PutObjectTagging: {
        TagSet: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '' },
        ],
      },
    },
    ProgressSummary: {
      TotalNumberOfTasks: 20_000,
      NumberOfTasksSucceeded: 100,
      NumberOfTasksFailed: 1_000,
      Timers: { ElapsedTimeInActiveSeconds: 125 },
    },
    FailureReasons: [{ FailureCode: 'TaskFailureThresholdExceeded', FailureReason: 'too many' }],
    Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Prefix: 'p', ReportScope: 'AllTasks' },
    RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
    CreationTime: '2026-11-23T18:31:05.123Z',
    TerminationDate: '2026-11-23T18:35:00.000Z',
  };

  test('tells all there is to know', async () => {
    const outcome = await run(['jobs', 'describe', JOB], () => ({ body: { Job: described } }));
    expect(linesOf(outcome.stdout)).toEqual([
      `Job          ${JOB}`,
      'Status       Failed',
      'Failure      TaskFailureThresholdExceeded: too many',
      'Description  tag all',
      'Priority     10',
      'Tasks        20,000, of which 100 succeeded and 1,000 failed',
      'Operation    S3PutObjectTagging: a=1, b=',
      'Manifest     arn:aws:s3:::lists/x.csv',
      'Columns      Bucket, Key',
      'Report       s3://reports/p (all tasks)',
      'Role         arn:aws:iam::000000000000:role/drover/r',
      'Created      2026-11-23 18:31:05Z',
      'Ended        2026-11-23 18:35:00Z',
      'Active for   2 min 05 s',
    ]);
    expect(drover?.requests).toEqual([`GET /v20180820/jobs/${JOB}`]);
  });

  test('says when the role was not used', async () => {
    const elsewhere = { ...described, Drover: { ObjectsEndpoint: 'http://minio.local:9000' } };
    const outcome = await run(['jobs', 'describe', JOB], () => ({ body: { Job: elsewhere } }));
    expect(outcome.stdout).toContain('(not used: the objects are at http://minio.local:9000)');
  });

  test.each([
    [{ Status: 'Complete' }, 'Complete, with 1,000 failed tasks of 20,000'],
    [
      { Status: 'Complete', Drover: { DryRun: true } },
      'Complete: a dry run, which changed nothing. 19,000 of 20,000 tasks would succeed',
    ],
    [
      { Status: 'Complete', ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 2 } },
      'Complete: all 2 tasks succeeded',
    ],
    [
      {
        Status: 'Complete',
        Drover: { DryRun: true },
        ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 2 },
      },
      'Complete: a dry run, which changed nothing. All 2 tasks would succeed',
    ],
  ])('tells how a job ended: %j', async (changes, status) => {
    const outcome = await run(['jobs', 'describe', JOB], () => ({ body: { Job: { ...described, ...changes } } }));
    expect(linesOf(outcome.stdout)[1]).toBe(`Status       ${status}`);
  });

  test.each([
    [{ Drover: { DeleteObject: { AllVersions: true } } }, 'DeleteObject: AllVersions=true'],
    [{ Drover: { Inspect: {} } }, 'Inspect'],
    [
      {
        S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::b' },
        Drover: { S3PutObjectCopy: { TargetKey: `x/\${key}` } },
      },
      `S3PutObjectCopy: TargetResource=arn:aws:s3:::b, TargetKey=x/\${key}`,
    ],
    [{ S3PutObjectLegalHold: { LegalHold: { Status: 'ON' } } }, 'S3PutObjectLegalHold: LegalHold={"Status":"ON"}'],
  ])('tells the operation %j', async (Operation, text) => {
    const outcome = await run(['jobs', 'describe', JOB], () => ({ body: { Job: { ...described, Operation } } }));
    expect(outcome.stdout).toContain(`\nOperation    ${text}\n`);
  });

  test('tells what was asked beyond S3', async () => {
    const Drover = { DryRun: true, SkipUnchanged: true, TaskParameters: true, RateLimit: { TasksPerSecond: 1_500 } };
    const outcome = await run(['jobs', 'describe', JOB], () => ({ body: { Job: { ...described, Drover } } }));
    expect(outcome.stdout).toContain(
      'Options      dry run (nothing is changed); what is unchanged is skipped; values filled from the manifest; ' +
        'at most 1,500 tasks a second\n',
    );
  });

  test('tells where the generated manifest is', async () => {
    const Location = { ObjectArn: 'arn:aws:s3:::lists/p/manifest.json', ETag: 'e1' };
    const GeneratedManifestDescriptor = { Format: 'S3InventoryReport_CSV_20211130', Location };
    const job = { ...described, Manifest: undefined, GeneratedManifestDescriptor };
    const outcome = await run(['jobs', 'describe', JOB], () => ({ body: { Job: job } }));
    expect(outcome.stdout).toContain('\nGenerated manifest  arn:aws:s3:::lists/p/manifest.json (ETag e1)\n');
  });

  test('prints the job unchanged with --json', async () => {
    const outcome = await run(['jobs', 'describe', JOB, '--json'], () => ({ body: { Job: described } }));
    expect(JSON.parse(outcome.stdout)).toEqual(described);
  });

  test('tells how to confirm a job that waits, and shows what it does not know as it is', async () => {
    const job = { JobId: JOB, Status: 'Suspended', Operation: { S3Future: { A: 1 } }, Report: { Enabled: false } };
    const outcome = await run(['jobs', 'describe', JOB], () => ({ body: { Job: job } }));
    expect(linesOf(outcome.stdout)).toEqual([
      `Job        ${JOB}`,
      `Status     Suspended: it waits for your confirmation (drover jobs confirm ${JOB})`,
      'Tasks      not known: the manifest has not been read',
      'Operation  S3Future: A=1',
      'Report     none',
    ]);
  });
});

describe('drover jobs cancel, confirm, priority', () => {
  test('cancel sends the reason and says what became of the job', async () => {
    const body = { JobId: JOB, Status: 'Cancelling', StatusUpdateReason: "it's wrong & late" };
    const outcome = await run(['jobs', 'cancel', JOB, '--reason', body.StatusUpdateReason], () => ({ body }));
    expect(drover?.requests).toEqual([
      `POST /v20180820/jobs/${JOB}/status?requestedJobStatus=Cancelled&statusUpdateReason=it%27s%20wrong%20%26%20late`,
    ]);
    expect(outcome.stdout).toBe(`Job ${JOB} is now Cancelling (it's wrong & late)\n`);
  });

  test('confirm asks for Ready', async () => {
    const body = { JobId: JOB, Status: 'Ready' };
    const outcome = await run(['jobs', 'confirm', JOB, '--json'], () => ({ body }));
    expect(drover?.requests).toEqual([`POST /v20180820/jobs/${JOB}/status?requestedJobStatus=Ready`]);
    expect(JSON.parse(outcome.stdout)).toEqual(body);
  });

  test('priority sends the number', async () => {
    const outcome = await run(['jobs', 'priority', JOB, '98'], () => ({ body: { JobId: JOB, Priority: 98 } }));
    expect(drover?.requests).toEqual([`POST /v20180820/jobs/${JOB}/priority?priority=98`]);
    expect(outcome.stdout).toBe(`Job ${JOB} now has priority 98\n`);
  });

  test.each([
    [
      ['jobs', 'priority', JOB, 'high'],
      "command-argument value 'high' is invalid for argument 'number'. It should be a whole number from 0 to 2147483647.",
    ],
    [['jobs', 'priority', JOB], "missing required argument 'number'"],
    [
      ['jobs', 'cancel', 'a b'],
      "'a b' is not a job id. Job ids look like 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c: drover jobs list",
    ],
    [['jobs', 'describe', JOB, 'more'], "too many arguments for 'describe'. Expected 1 argument but got 2."],
  ])('%j is a usage error', async (argv, message) => {
    const outcome = await run(argv, () => ({}));
    expect(linesOf(outcome.stderr)[0]).toBe(`drover: ${message}`);
    expect(outcome.code).toBe(2);
    expect(drover?.requests).toEqual([]);
  });
});
