import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DescribeJobCommand,
  type JobDescriptor,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ACCOUNT, type LocalCloud, ROLE } from './local-cloud.ts';

const common = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

export function s3Of(cloud: LocalCloud): S3Client {
  return new S3Client({ ...common, endpoint: cloud.endpoint, forcePathStyle: true });
}

export function lambdaOf(cloud: LocalCloud): LambdaClient {
  return new LambdaClient({ ...common, endpoint: cloud.endpoint });
}

/** An unchanged S3 Control client: it puts the account before the host's name, which the agent looks up as loopback. */
export function s3ControlOf(cloud: LocalCloud): S3ControlClient {
  const { port } = new URL(cloud.endpoint);
  const httpAgent = new Agent({
    keepAlive: true,
    lookup: (_, options, callback) => lookup('127.0.0.1', options, callback),
  });
  return new S3ControlClient({
    ...common,
    endpoint: `http://localhost:${port}`,
    requestHandler: new NodeHttpHandler({ httpAgent }),
  });
}

/** A tag job over a manifest, with a report; everything can be changed. */
export function tagJob(
  manifest: { readonly arn: string; readonly etag: string },
  changes: Partial<CreateJobCommandInput> = {},
): CreateJobCommandInput {
  return {
    AccountId: ACCOUNT,
    ConfirmationRequired: false,
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'done', Value: 'yes' }] } },
    Report: {
      Enabled: true,
      Bucket: 'arn:aws:s3:::reports',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
      Prefix: 'out',
    },
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: manifest.arn, ETag: manifest.etag },
    },
    Priority: 10,
    RoleArn: ROLE,
    ClientRequestToken: crypto.randomUUID(),
    ...changes,
  };
}

export async function createJob(control: S3ControlClient, input: CreateJobCommandInput): Promise<string> {
  const { JobId } = await control.send(new CreateJobCommand(input));
  if (JobId === undefined) throw new Error('CreateJob answered no JobId');
  return JobId;
}

export async function describeJob(control: S3ControlClient, jobId: string): Promise<JobDescriptor> {
  const { Job } = await control.send(new DescribeJobCommand({ AccountId: ACCOUNT, JobId: jobId }));
  if (Job === undefined) throw new Error('DescribeJob answered no Job');
  return Job;
}

/** Looks at the job until the condition holds; throws with what it last saw when it does not come to hold in time. */
export async function until(
  control: S3ControlClient,
  jobId: string,
  condition: (job: JobDescriptor) => boolean,
  milliseconds = 60_000,
): Promise<JobDescriptor> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const job = await describeJob(control, jobId);
    if (condition(job)) return job;
    if (Date.now() > end) throw new Error(`job did not get there: ${JSON.stringify(job)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function untilEnded(
  control: S3ControlClient,
  jobId: string,
  milliseconds?: number,
): Promise<JobDescriptor> {
  const ended = ['Complete', 'Cancelled', 'Failed'];
  return await until(control, jobId, ({ Status }) => ended.includes(Status ?? ''), milliseconds);
}

/** The lines of a job's report, through its manifest.json. */
export async function reportLines(s3: S3Client, jobId: string): Promise<string[]> {
  const get = async (Key: string): Promise<string> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'reports', Key }));
    return (await Body?.transformToString()) ?? '';
  };
  const { Results } = JSON.parse(await get(`out/job-${jobId}/manifest.json`)) as { Results: { Key: string }[] };
  const files = await Promise.all(Results.map(({ Key }) => get(Key)));
  return files.flatMap((file) => file.split('\r\n').slice(0, -1));
}

/** Every key of a bucket. */
export async function keysOf(s3: S3Client, Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: token }));
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}
