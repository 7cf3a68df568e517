import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DeleteJobTaggingCommand,
  DescribeJobCommand,
  GetJobTaggingCommand,
  ListJobsCommand,
  NotFoundException,
  PutJobTaggingCommand,
  S3ControlClient,
  type S3ControlClientConfig,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ACCOUNT, START, TAGGING_REQUEST, TestApi } from './fixtures.ts';

/** The part of the SDK's request that a transport sends. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

let api: TestApi;
let client: S3ControlClient;

beforeEach(() => {
  api = new TestApi();
  client = new S3ControlClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: SdkRequest) {
        const query = new URLSearchParams();
        for (const [name, value] of Object.entries(request.query)) {
          for (const each of [value ?? ''].flat()) query.append(name, each as string);
        }
        const answer = await api.send(request.method, `${request.path}?${query}`, request.body ?? '', request.headers);
        const body = new Blob([answer.body]).stream();
        return { response: { statusCode: answer.status, headers: { ...answer.headers }, body } };
      },
    } as unknown as NonNullable<S3ControlClientConfig['requestHandler']>,
  });
});

const input = { AccountId: ACCOUNT, ...TAGGING_REQUEST } as CreateJobCommandInput;

describe('the AWS SDK for JavaScript, unchanged', () => {
  test('goes through the life of a job', async () => {
    const { JobId } = await client.send(new CreateJobCommand(input));
    const job = { AccountId: ACCOUNT, JobId };
    const described = await client.send(new DescribeJobCommand(job));
    expect(described.Job).toMatchObject({
      JobId,
      Status: 'New',
      Operation: TAGGING_REQUEST.Operation,
      Manifest: TAGGING_REQUEST.Manifest,
      Report: TAGGING_REQUEST.Report,
      CreationTime: START,
      FailureReasons: [],
      ProgressSummary: { TotalNumberOfTasks: 0, Timers: { ElapsedTimeInActiveSeconds: 0 } },
    });
    expect(await client.send(new UpdateJobPriorityCommand({ ...job, Priority: 7 }))).toMatchObject({
      JobId,
      Priority: 7,
    });
    expect((await client.send(new GetJobTaggingCommand(job))).Tags).toEqual(TAGGING_REQUEST.Tags);
    await client.send(new PutJobTaggingCommand({ ...job, Tags: [{ Key: 'a', Value: 'ü b' }] }));
    expect((await client.send(new GetJobTaggingCommand(job))).Tags).toEqual([{ Key: 'a', Value: 'ü b' }]);
    await client.send(new DeleteJobTaggingCommand(job));
    expect((await client.send(new GetJobTaggingCommand(job))).Tags).toEqual([]);
    const listed = await client.send(new ListJobsCommand({ AccountId: ACCOUNT, JobStatuses: ['New', 'Active'] }));
    expect(listed.Jobs).toMatchObject([{ JobId, Operation: 'S3PutObjectTagging', Priority: 7 }]);
    const cancelled = await client.send(
      new UpdateJobStatusCommand({ ...job, RequestedJobStatus: 'Cancelled', StatusUpdateReason: 'no longer needed' }),
    );
    expect(cancelled).toMatchObject({ Status: 'Cancelling', StatusUpdateReason: 'no longer needed' });
  });

  test('gets its errors by their names', async () => {
    const missing = { AccountId: ACCOUNT, JobId: '00000000-0000-8000-8000-000000000000' };
    await expect(client.send(new DescribeJobCommand(missing))).rejects.toThrow(NotFoundException);
    await expect(client.send(new CreateJobCommand({ ...input, Priority: -1 }))).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Priority must be a whole number from 0 to 2147483647, not -1.',
      $metadata: { httpStatusCode: 400 },
    });
    await client.send(new CreateJobCommand(input));
    await expect(client.send(new CreateJobCommand({ ...input, Priority: 1 }))).rejects.toMatchObject({
      name: 'IdempotencyException',
    });
    await expect(
      client.send(new ListJobsCommand({ AccountId: ACCOUNT, NextToken: 'never-given' })),
    ).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  });

  test('pages through the list', async () => {
    for (const token of ['a', 'b', 'c']) {
      await client.send(new CreateJobCommand({ ...input, ClientRequestToken: token }));
    }
    const first = await client.send(new ListJobsCommand({ AccountId: ACCOUNT, MaxResults: 2 }));
    const second = await client.send(
      new ListJobsCommand({ AccountId: ACCOUNT, MaxResults: 2, NextToken: first.NextToken }),
    );
    expect([first.Jobs?.length, second.Jobs?.length, second.NextToken]).toEqual([2, 1, undefined]);
  });
});
