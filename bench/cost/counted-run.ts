import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createDynamoJobStore } from '../../core/stores/dynamodb-job-store.ts';
import { createDynamoProgressStore } from '../../core/stores/dynamodb-progress-store.ts';
import { createS3ManifestFiles } from '../../core/stores/s3-manifest-source.ts';
import { createS3ReportDestination } from '../../core/stores/s3-report-destination.ts';
import { createS3WorkStore } from '../../core/stores/s3-work-store.ts';
import { JobDriver } from '../engine/job-driver.ts';
import { csvManifest } from '../growth/csv-manifest.ts';
import type { Counts } from './cost-model.ts';
import { Meter } from './meter.ts';

/** What was counted of a job. */
export interface CountedRun {
  readonly tasks: number;
  /** The meter's; `transitions`, and `maps` beside them. */
  readonly counts: Counts;
  /** Bytes that the job left in the work bucket. */
  readonly workBytes: number;
}

/** Workers that a measured account allows, so that waves are as long as in one that has its thousand. */
const CAPACITY = 900;

/**
 * A job with stubbed tasks over the real stores: DynamoDB and S3 of the local cloud at `endpoint`, in tables and buckets
 * of its own, so that the cloud's own scheduler does not find it.
 */
export async function countedRun(endpoint: string, tasks: number): Promise<CountedRun> {
  const common = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const dynamo = new DynamoDBClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  try {
    const names = await createStores(dynamo, s3, tasks);
    const manifest = await s3.send(
      new PutObjectCommand({ Bucket: names.data, Key: 'manifest.csv', Body: [...csvManifest(tasks)].join('') }),
    );
    const meter = new Meter();
    meter.watchS3(s3);
    meter.watchTables(dynamo);
    const jobs = createDynamoJobStore({ client: dynamo, table: names.jobs });
    const driver = new JobDriver({
      stores: {
        jobs,
        progress: createDynamoProgressStore({ client: dynamo, table: names.progress }),
        work: createS3WorkStore({ client: s3, bucket: names.work }),
      },
      openManifest: async () =>
        createS3ManifestFiles(s3, {
          ObjectArn: `arn:aws:s3:::${names.data}/manifest.csv`,
          ETag: manifest.ETag ?? '',
        }),
      openReport: async () => createS3ReportDestination({ client: s3, bucket: names.reports }),
      // One after the other, so that the seconds of each are its own.
      children: 1,
      invoke: meter.invoke,
    });
    await jobs.putCapacity(CAPACITY);
    await driver.run(tasks);
    const { transitions, maps } = driver.tally;
    return { tasks, counts: { ...meter.counts, transitions, maps }, workBytes: await bytesOf(s3, names.work) };
  } finally {
    dynamo.destroy();
    s3.destroy();
  }
}

interface Names {
  readonly jobs: string;
  readonly progress: string;
  readonly work: string;
  readonly data: string;
  readonly reports: string;
}

/** Keys and index as lib/job-tables.ts has them. */
async function createStores(dynamo: DynamoDBClient, s3: S3Client, tasks: number): Promise<Names> {
  const named = (what: string): string => `cost-${what}-${tasks}`;
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
  const attribute = (AttributeName: string, AttributeType: 'S' | 'N') => ({ AttributeName, AttributeType });
  await dynamo.send(
    new CreateTableCommand({
      TableName: named('jobs'),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'listPk', 'listSk'].map((name) => attribute(name, 'S')),
      KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ListJobs',
          KeySchema: [key('listPk', 'HASH'), key('listSk', 'RANGE')],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await dynamo.send(
    new CreateTableCommand({
      TableName: named('progress'),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [attribute('jobId', 'S'), attribute('block', 'N')],
      KeySchema: [key('jobId', 'HASH'), key('block', 'RANGE')],
    }),
  );
  for (const what of ['work', 'data', 'reports']) await s3.send(new CreateBucketCommand({ Bucket: named(what) }));
  return {
    jobs: named('jobs'),
    progress: named('progress'),
    work: named('work'),
    data: named('data'),
    reports: named('reports'),
  };
}

async function bytesOf(s3: S3Client, Bucket: string): Promise<number> {
  let bytes = 0;
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: token }));
    bytes += (page.Contents ?? []).reduce((sum, { Size = 0 }) => sum + Size, 0);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return bytes;
}
