import { beforeEach, describe, expect, test } from '@jest/globals';
import { nextToken } from '../../../core/api/next-token.ts';
import { JOB_STATUSES, type JobStatus } from '../../../core/job/status.ts';
import { NAMESPACE, START, TAGGING_REQUEST, TestApi } from './fixtures.ts';

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

const JOBS = '/v20180820/jobs';
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);
const iso = (seconds: number) => later(seconds).toISOString();

describe('DescribeJob', () => {
  test('says all of a new job, in the model’s order, and neither tags nor token', async () => {
    const jobId = await api.create();
    const { body } = await api.send('GET', `${JOBS}/${jobId}`);
    expect(body).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<DescribeJobResult xmlns="${NAMESPACE}"><Job><JobId>${jobId}</JobId>` +
        '<ConfirmationRequired>false</ConfirmationRequired><Description>d</Description>' +
        `<JobArn>arn:aws:s3:us-east-1:123456789012:job/${jobId}</JobArn><Status>New</Status>` +
        '<Manifest><Spec><Format>S3BatchOperations_CSV_20180820</Format><Fields><member>Bucket</member><member>Key</member></Fields></Spec>' +
        '<Location><ObjectArn>arn:aws:s3:::man/manifest.csv</ObjectArn><ETag>60e460c9d1046e73f7dde5043ac3ae85</ETag></Location></Manifest>' +
        '<Operation><S3PutObjectTagging><TagSet><member><Key>a</Key><Value>b</Value></member></TagSet></S3PutObjectTagging></Operation>' +
        '<Priority>42</Priority><ProgressSummary><TotalNumberOfTasks>0</TotalNumberOfTasks><NumberOfTasksSucceeded>0</NumberOfTasksSucceeded>' +
        '<NumberOfTasksFailed>0</NumberOfTasksFailed><Timers><ElapsedTimeInActiveSeconds>0</ElapsedTimeInActiveSeconds></Timers></ProgressSummary>' +
        '<FailureReasons/><Report><Bucket>arn:aws:s3:::reports</Bucket><Format>Report_CSV_20180820</Format><Enabled>true</Enabled>' +
        '<Prefix>final-reports</Prefix><ReportScope>AllTasks</ReportScope></Report>' +
        '<CreationTime>2026-01-02T03:04:05.678Z</CreationTime><RoleArn>arn:aws:iam::123456789012:role/drover/r</RoleArn>' +
        '</Job></DescribeJobResult>',
    );
  });

  test('counts, times and gives reasons', async () => {
    const jobId = await api.create();
    api.force(jobId, {
      status: 'Failed',
      totalTasks: 3,
      activeMilliseconds: 7_999,
      statusUpdateReason: 'why',
      failureReasons: [{ FailureCode: 'InvalidManifestContent', FailureReason: 'line 3 <&> \u0001' }],
      endedAt: iso(60),
    });
    api.jobs.totals.set(jobId, { succeeded: 1, failed: 2, shardsDone: 1, summedAt: 0 });
    const { body } = await api.send('GET', `${JOBS}/${jobId}`);
    expect(body).toContain(
      '<ProgressSummary><TotalNumberOfTasks>3</TotalNumberOfTasks><NumberOfTasksSucceeded>1</NumberOfTasksSucceeded>' +
        '<NumberOfTasksFailed>2</NumberOfTasksFailed><Timers><ElapsedTimeInActiveSeconds>7</ElapsedTimeInActiveSeconds></Timers></ProgressSummary>' +
        '<StatusUpdateReason>why</StatusUpdateReason><FailureReasons><member><FailureCode>InvalidManifestContent</FailureCode>' +
        '<FailureReason>line 3 &lt;&amp;&gt; \ufffd</FailureReason></member></FailureReasons>',
    );
    expect(body).toContain(`<TerminationDate>${iso(60)}</TerminationDate>`);
  });

  test('an active job’s time runs on', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Active', statusSince: iso(10), activeMilliseconds: 1500 });
    api.now = later(14);
    const { body } = await api.json('GET', `${JOBS}/${jobId}`);
    expect(body).toMatchObject({ Job: { ProgressSummary: { Timers: { ElapsedTimeInActiveSeconds: 5 } } } });
  });

  test('a suspended job says what it waits for; later it says when it waited', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Suspended', suspendedAt: iso(5) });
    const { body } = await api.send('GET', `${JOBS}/${jobId}`);
    expect(body).toContain(
      `<SuspendedDate>${iso(5)}</SuspendedDate><SuspendedCause>AWAITING_CONFIRMATION</SuspendedCause>`,
    );
    await api.send('POST', `${JOBS}/${jobId}/status?requestedJobStatus=Ready`);
    const after = await api.json('GET', `${JOBS}/${jobId}`);
    expect(after.body).toMatchObject({ Job: { Status: 'Ready', SuspendedDate: iso(5) } });
    expect(after.body).not.toHaveProperty('Job.SuspendedCause');
  });

  test('shows where the generated manifest is, once it was written', async () => {
    const ManifestOutputLocation = {
      Bucket: 'arn:aws:s3:::lists',
      ManifestPrefix: 'p',
      ManifestFormat: 'S3InventoryReport_CSV_20211130',
    };
    const SourceBucket = 'arn:aws:s3:::data';
    const S3JobManifestGenerator = { SourceBucket, EnableManifestOutput: true, ManifestOutputLocation };
    const jobId = await api.create('t', { Manifest: undefined, ManifestGenerator: { S3JobManifestGenerator } });
    expect((await api.send('GET', `${JOBS}/${jobId}`)).body).not.toContain('GeneratedManifestDescriptor');
    api.force(jobId, { generatedManifestETag: 'e1' });
    const ObjectArn = `arn:aws:s3:::lists/p/manifest-${jobId}/manifest.json`;
    expect((await api.send('GET', `${JOBS}/${jobId}`)).body).toContain(
      '</ManifestGenerator><GeneratedManifestDescriptor><Format>S3InventoryReport_CSV_20211130</Format>' +
        `<Location><ObjectArn>${ObjectArn}</ObjectArn><ETag>e1</ETag></Location></GeneratedManifestDescriptor></Job>`,
    );
    const { body } = await api.json('GET', `${JOBS}/${jobId}`);
    expect(body).toMatchObject({
      Job: {
        GeneratedManifestDescriptor: {
          Format: 'S3InventoryReport_CSV_20211130',
          Location: { ObjectArn, ETag: 'e1' },
        },
      },
    });
  });

  test('a trouble is told in JSON, and XML has no place for it', async () => {
    const jobId = await api.create();
    const trouble = { FailureCode: 'AccessDenied', FailureReason: 'the role', since: iso(1) };
    api.force(jobId, { trouble });
    expect((await api.json('GET', `${JOBS}/${jobId}`)).body).toMatchObject({ Job: { Drover: { Trouble: trouble } } });
    expect((await api.send('GET', `${JOBS}/${jobId}`)).body).not.toContain('Trouble');
  });
});

describe('a job that is not there', () => {
  const routes = (id: string): [string, string, string?][] => [
    ['GET', `${JOBS}/${id}`],
    ['POST', `${JOBS}/${id}/priority?priority=1`],
    ['POST', `${JOBS}/${id}/status?requestedJobStatus=Cancelled`],
    ['GET', `${JOBS}/${id}/tagging`],
    ['PUT', `${JOBS}/${id}/tagging`, '<PutJobTaggingRequest><Tags/></PutJobTaggingRequest>'],
    ['DELETE', `${JOBS}/${id}/tagging`],
  ];
  test('is a NotFoundException, as is one that ended more than 90 days ago', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Complete', endedAt: START.toISOString() });
    api.now = later(90 * 86_400 + 1);
    for (const id of [jobId, '00000000-0000-8000-8000-000000000000']) {
      for (const [method, path, body] of routes(id)) {
        const answer = await api.send(method, path, body);
        expect(answer.status).toBe(400);
        expect(answer.body).toContain(
          `<ErrorResponse><Error><Code>NotFoundException</Code><Message>The specified job does not exist: ${id}.`,
        );
      }
    }
    expect((await api.json('GET', JOBS)).body).toEqual({ Jobs: [] });
    api.now = later(90 * 86_400);
    expect((await api.send('GET', `${JOBS}/${jobId}`)).status).toBe(200);
  });
});

describe('UpdateJobPriority', () => {
  test('changes it in every status that is not an end', async () => {
    const jobId = await api.create();
    for (const status of JOB_STATUSES) {
      api.force(jobId, { status, priority: 1 });
      const ended = ['Complete', 'Cancelled', 'Failed'].includes(status);
      const answer = await api.send('POST', `${JOBS}/${jobId}/priority?priority=98`);
      expect([status, answer.status]).toEqual([status, ended ? 400 : 200]);
      expect((await api.jobs.getState(jobId))?.priority).toBe(ended ? 1 : 98);
      expect(answer.body).toContain(
        ended
          ? `<Code>BadRequestException</Code><Message>Job ${jobId} is ${status}: the priority`
          : `<UpdateJobPriorityResult xmlns="${NAMESPACE}"><JobId>${jobId}</JobId><Priority>98</Priority></UpdateJobPriorityResult>`,
      );
    }
    expect(api.calls).toHaveLength(11);
  });

  test.each(['', '?priority=', '?priority=-1', '?priority=2147483648', '?priority=high', '?priority=1.0'])(
    'refuses %s',
    async (query) => {
      const { body } = await api.json('POST', `${JOBS}/abcde/priority${query}`);
      expect(body['Code']).toBe('BadRequestException');
      expect(body['Message']).toMatch(/^Priority (is missing: it )?must be a whole number from 0 to 2147483647/);
    },
  );

  test('refuses a parameter that is given twice', async () => {
    const { body } = await api.json('POST', `${JOBS}/abcde/priority?priority=1&priority=2`);
    expect(body['Message']).toBe('priority is given 2 times.');
  });
});

describe('UpdateJobStatus', () => {
  const cancel: Partial<Record<JobStatus, JobStatus>> = {
    New: 'Cancelling',
    Preparing: 'Cancelling',
    Ready: 'Cancelling',
    Active: 'Cancelling',
    Pausing: 'Cancelling',
    Paused: 'Cancelling',
    Cancelling: 'Cancelling',
    Suspended: 'Cancelled',
  };

  test.each(JOB_STATUSES)('from %s', async (status) => {
    for (const requested of ['Cancelled', 'Ready'] as const) {
      const jobId = await api.create(`${status}-${requested}`);
      api.force(jobId, { status });
      const expected = requested === 'Cancelled' ? cancel[status] : status === 'Suspended' ? 'Ready' : undefined;
      const answer = await api.send(
        'POST',
        `${JOBS}/${jobId}/status?requestedJobStatus=${requested}&statusUpdateReason=No%20longer%20needed`,
      );
      expect((await api.jobs.getState(jobId))?.status).toBe(expected ?? status);
      if (expected === undefined)
        expect(answer.body).toContain(`<Code>JobStatusException</Code><Message>Job ${jobId} is ${status}: `);
      else expect(answer.body).toContain(`<JobId>${jobId}</JobId><Status>${expected}</Status>`);
    }
  });

  test('cancelling begins an epoch, keeps the time in Active and the reason, and tells the scheduler', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Active', statusSince: START.toISOString(), epoch: 2 });
    api.now = later(5);
    const path = `${JOBS}/${jobId}/status?requestedJobStatus=Cancelled`;
    const first = await api.json('POST', `${path}&statusUpdateReason=enough`);
    const expected = { JobId: jobId, Status: 'Cancelling', StatusUpdateReason: 'enough' };
    expect(first.body).toEqual(expected);
    const state = await api.jobs.getState(jobId);
    expect(state).toMatchObject({ epoch: 3, activeMilliseconds: 5000, statusUpdateReason: 'enough' });
    // Asked again: the same answer, nothing written.
    expect((await api.json('POST', `${path}&statusUpdateReason=other`)).body).toEqual(expected);
    expect(await api.jobs.getState(jobId)).toEqual(state);
    expect(api.calls).toEqual([jobId, jobId, jobId]);
  });

  test('a job cancelled while it waits for confirmation has ended, and the scheduler, which closes it, is called', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Suspended' });
    api.now = later(9);
    await api.send('POST', `${JOBS}/${jobId}/status?requestedJobStatus=Cancelled`);
    expect(await api.jobs.getState(jobId)).toMatchObject({ status: 'Cancelled', endedAt: iso(9), epoch: 1 });
    expect(api.calls.at(-1)).toBe(jobId);
  });

  test('decides anew when somebody else wrote in between', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Suspended' });
    const write = api.jobs.updateState.bind(api.jobs);
    let first = true;
    api.jobs.updateState = async (next) => {
      if (first) {
        first = false;
        api.force(jobId, { status: 'Ready' });
      }
      return write(next);
    };
    const { body } = await api.json('POST', `${JOBS}/${jobId}/status?requestedJobStatus=Cancelled`);
    expect(body['Status']).toBe('Cancelling');
  });

  test('gives up with a retryable error when it never gets its turn', async () => {
    const jobId = await api.create();
    api.jobs.updateState = async () => false;
    const { body } = await api.json('POST', `${JOBS}/${jobId}/status?requestedJobStatus=Cancelled`);
    expect(body['Code']).toBe('TooManyRequestsException');
  });

  test.each([
    ['', 'RequestedJobStatus is missing: it must be one of Cancelled, Ready.'],
    ['?requestedJobStatus=Active', 'RequestedJobStatus must be one of Cancelled, Ready, not "Active".'],
    ['?requestedJobStatus=Ready&statusUpdateReason=', 'StatusUpdateReason must have 1 to 256 characters, but has 0.'],
    [`?requestedJobStatus=Ready&statusUpdateReason=${'r'.repeat(257)}`, 'must have 1 to 256 characters, but has 257.'],
  ])('refuses %.60s', async (query, message) => {
    const { body } = await api.json('POST', `${JOBS}/abcde/status${query}`);
    expect(body).toMatchObject({ Code: 'BadRequestException', Message: expect.stringContaining(message) });
  });
});

describe('tags of a job', () => {
  test('are put, got and deleted', async () => {
    const jobId = await api.create();
    const path = `${JOBS}/${jobId}/tagging`;
    const put = await api.send(
      'PUT',
      path,
      `<PutJobTaggingRequest xmlns="${NAMESPACE}"><Tags><member><Key>a</Key><Value>b</Value></member></Tags></PutJobTaggingRequest>`,
    );
    expect([put.status, put.body]).toEqual([200, '']);
    expect((await api.send('GET', path)).body).toContain(
      `<GetJobTaggingResult xmlns="${NAMESPACE}"><Tags><member><Key>a</Key><Value>b</Value></member></Tags></GetJobTaggingResult>`,
    );
    expect((await api.json('PUT', path, { JobId: jobId, Tags: [{ Key: 'c', Value: '' }] })).body).toEqual({});
    expect((await api.json('GET', path)).body).toEqual({ Tags: [{ Key: 'c', Value: '' }] });
    const deleted = await api.send('DELETE', path);
    expect([deleted.status, deleted.body]).toEqual([200, '']);
    expect((await api.send('GET', path)).body).toContain('<Tags/></GetJobTaggingResult>');
  });

  test.each([
    [Array.from({ length: 51 }, (_, n) => ({ Key: `${n}`, Value: '' })), 'TooManyTagsException', '51 are given'],
    [
      [
        { Key: 'a', Value: '' },
        { Key: 'a', Value: 'x' },
      ],
      'BadRequestException',
      'must not have the key "a" twice',
    ],
    [[{ Key: 'aws:a', Value: '' }], 'BadRequestException', 'Tags[0].Key must not begin with aws:'],
    [undefined, 'BadRequestException', 'Tags is missing: it must be a list'],
  ])('refuses %.40j', async (Tags, code, message) => {
    const jobId = await api.create();
    const { body } = await api.json('PUT', `${JOBS}/${jobId}/tagging`, { Tags });
    expect(body).toMatchObject({ Code: code, Message: expect.stringContaining(message) });
  });
});

describe('ListJobs', () => {
  async function createMany(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      api.now = later(index);
      ids.unshift(await api.create(`t${index}`));
    }
    return ids;
  }
  const idsOf = (body: Record<string, unknown>) => (body['Jobs'] as { JobId: string }[]).map((job) => job.JobId);

  async function pages(query: string): Promise<string[][]> {
    const found: string[][] = [];
    let token = '';
    do {
      const { body } = await api.json('GET', `${JOBS}?${query}${token && `&nextToken=${token}`}`);
      found.push(idsOf(body));
      token = encodeURIComponent(String(body['NextToken'] ?? ''));
    } while (token !== '');
    return found;
  }

  test('tells of each job what the list has', async () => {
    const jobId = await api.create();
    api.force(jobId, { status: 'Active', totalTasks: 3 });
    api.jobs.totals.set(jobId, { succeeded: 1, failed: 0, shardsDone: 0, summedAt: 0 });
    expect((await api.send('GET', JOBS)).body).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListJobsResult xmlns="${NAMESPACE}"><Jobs><member><JobId>${jobId}</JobId>` +
        '<Description>d</Description><Operation>S3PutObjectTagging</Operation><Priority>42</Priority><Status>Active</Status>' +
        '<CreationTime>2026-01-02T03:04:05.678Z</CreationTime><ProgressSummary><TotalNumberOfTasks>3</TotalNumberOfTasks>' +
        '<NumberOfTasksSucceeded>1</NumberOfTasksSucceeded><NumberOfTasksFailed>0</NumberOfTasksFailed>' +
        '<Timers><ElapsedTimeInActiveSeconds>0</ElapsedTimeInActiveSeconds></Timers></ProgressSummary></member></Jobs></ListJobsResult>',
    );
  });

  test('no jobs are an empty list', async () => {
    expect((await api.send('GET', JOBS)).body).toContain(
      `<ListJobsResult xmlns="${NAMESPACE}"><Jobs/></ListJobsResult>`,
    );
  });

  test('pages newest first, each job once', async () => {
    const ids = await createMany(25);
    expect(await pages('maxResults=10')).toEqual([ids.slice(0, 10), ids.slice(10, 20), ids.slice(20)]);
    expect(await pages('maxResults=1000')).toEqual([ids]);
    expect((await api.json('GET', `${JOBS}?maxResults=0`)).body).toEqual({ Jobs: [] });
  });

  test('a filter fills its pages from further on, each job once', async () => {
    const ids = await createMany(230);
    const wanted = ids.filter((_, index) => index % 7 === 3);
    for (const jobId of wanted) api.force(jobId, { status: 'Complete' });
    api.force(ids[0] ?? '', { status: 'Failed' });
    const found = await pages('maxResults=8&jobStatuses=Complete&jobStatuses=Failed');
    expect(found.flat()).toEqual([ids[0], ...wanted]);
    expect(found.slice(0, -1).every((page) => page.length === 8)).toBe(true);
    expect((await pages('jobStatuses=Paused')).flat()).toEqual([]);
  });

  test('leaves out what the index names and the table no longer has', async () => {
    const ids = await createMany(5);
    const states = api.jobs.getStates.bind(api.jobs);
    api.jobs.getStates = async (asked) => (await states(asked)).filter((state) => state.jobId !== ids[1]);
    expect(await pages('maxResults=2')).toEqual([
      [ids[0], ids[2]],
      [ids[3], ids[4]],
    ]);
  });

  test.each([
    ['maxResults=1001', 'InvalidRequestException', 'MaxResults must be a whole number from 0 to 1000, not 1001.'],
    ['maxResults=-1', 'InvalidRequestException', 'MaxResults must be a whole number from 0 to 1000, not -1.'],
    ['maxResults=x', 'InvalidRequestException', 'MaxResults must be a whole number from 0 to 1000, not "x".'],
    ['maxResults=1&maxResults=2', 'InvalidRequestException', 'maxResults is given 2 times.'],
    ['jobStatuses=Done', 'InvalidRequestException', 'JobStatuses[0] must be one of Active, Cancelled'],
    ['nextToken=', 'InvalidRequestException', 'NextToken must have 1 to 1024 characters'],
    ['nextToken=abc', 'InvalidNextTokenException', 'NextToken must be the token of an earlier ListJobs answer'],
    [`nextToken=${nextToken('x').slice(0, -1)}`, 'InvalidNextTokenException', 'NextToken must be the token'],
  ])('refuses %s', async (query, code, message) => {
    const { status, body } = await api.json('GET', `${JOBS}?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ Code: code, Message: expect.stringContaining(message) });
  });
});

test('the request that is described is the request that was given', async () => {
  const jobId = await api.create();
  const { body } = await api.json('GET', `${JOBS}/${jobId}`);
  const { ClientRequestToken: _, Tags: __, ...shown } = TAGGING_REQUEST;
  expect(body['Job']).toMatchObject(shown);
});
