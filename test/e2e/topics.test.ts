import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keysOf, lambdaOf, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { recorderFunction } from './support/functions.ts';
import { createJsonJob, jobLog } from './support/json-job.ts';
import { LocalCloud, ROLE } from './support/local-cloud.ts';
import { createBuckets, putManifest, putObjects } from './support/objects.ts';

const TOPICS = 'arn:aws:sns:us-east-1:000000000000:';

let cloud: LocalCloud;
let s3: S3Client;
let control: S3ControlClient;

beforeAll(async () => {
  cloud = await LocalCloud.startWith({
    DROVER_NOTIFICATION_TOPIC: `${TOPICS}all`,
    DROVER_JOB_TOPICS: `${TOPICS}jobs-*`,
  });
  s3 = s3Of(cloud);
  control = s3ControlOf(cloud);
  await createBuckets(s3, 'data', 'reports', 'told');
}, 150_000);

afterAll(async () => {
  s3.destroy();
  control.destroy();
  await cloud.remove();
});

/** Topics of all jobs and of one, whose function keeps what it is told. */
async function makeTopics(): Promise<void> {
  const lambda = lambdaOf(cloud);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sns = new SNSClient({ endpoint: cloud.endpoint, region: 'us-east-1', credentials });
  try {
    const { name, runtime, handler, zip } = await recorderFunction('told');
    const settings = { FunctionName: name, Runtime: runtime, Handler: handler, Role: ROLE, Code: { ZipFile: zip } };
    const { FunctionArn } = await lambda.send(new CreateFunctionCommand(settings));
    for (const Name of ['all', 'jobs-own']) await sns.send(new CreateTopicCommand({ Name }));
    const TopicArn = `${TOPICS}jobs-own`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: FunctionArn }));
  } finally {
    lambda.destroy();
    sns.destroy();
  }
}

interface Detail {
  readonly serviceEventDetails: { readonly jobId: string; readonly status: string; readonly jobEventId: string };
}

/** The statuses that a topic's log has of a job, an event that was told twice once. */
async function published(topic: string, jobId: string): Promise<string[]> {
  const log = await readFile(join(cloud.folder, 'logs', `topic-${topic}.log`), 'utf8').catch(() => '');
  const lines = log.split('\n').filter((line) => line !== '');
  const details = lines.map((line) => (JSON.parse(JSON.parse(line).Message) as Detail).serviceEventDetails);
  const events = new Map(details.filter((each) => each.jobId === jobId).map((each) => [each.jobEventId, each.status]));
  return [...events.values()];
}

async function received(): Promise<string[]> {
  const keys = await keysOf(s3, 'told');
  const bodies = await Promise.all(
    keys.map(async (Key) => (await s3.send(new GetObjectCommand({ Bucket: 'told', Key }))).Body?.transformToString()),
  );
  return bodies.map((body) => (JSON.parse(body ?? '') as { detail: Detail }).detail.serviceEventDetails.status);
}

async function untilLength(look: () => Promise<string[]>, length: number): Promise<string[]> {
  const end = Date.now() + 60_000;
  for (;;) {
    const seen = await look();
    if (seen.length >= length) return seen;
    if (Date.now() > end) throw new Error(`there came only ${seen.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const STATUSES = ['New', 'Preparing', 'Ready', 'Active', 'Completing', 'Complete'];

test('each change of a job’s status reaches the topic of all jobs, the job’s own, and the function behind that', async () => {
  await makeTopics();
  await putObjects(s3, 'data', ['a', 'b']);
  const manifest = await putManifest(s3, 'data', 'm.csv', ['data,a', 'data,b']);
  const job = (topic: string): object => {
    const { AccountId: _, ...request } = tagJob(manifest);
    return { ...request, Drover: { NotificationTopicArn: `${TOPICS}${topic}` } };
  };
  const jobId = await createJsonJob(cloud, job('jobs-own'));
  await untilEnded(control, jobId, 90_000);
  for (const topic of ['all', 'jobs-own']) {
    expect(await untilLength(() => published(topic, jobId), STATUSES.length)).toEqual(STATUSES);
  }
  expect((await untilLength(received, STATUSES.length)).sort()).toEqual([...STATUSES].sort());

  // A topic that is not there keeps neither the job nor the others from what is theirs.
  const lone = await createJsonJob(cloud, job('jobs-gone'));
  await untilEnded(control, lone, 90_000);
  expect(await untilLength(() => published('all', lone), STATUSES.length)).toEqual(STATUSES);
  const gone = `The topic ${TOPICS}jobs-gone takes no messages: NotFoundException`;
  const lines = async (): Promise<string[]> => (await jobLog(cloud, lone)).filter((line) => line.startsWith(gone));
  expect(await untilLength(lines, 1)).not.toEqual([]);

  await expect(createJsonJob(cloud, job('others'))).rejects.toThrow('Jobs may not name the topic');
}, 300_000);
