import { systemClock } from '../../core/engine/clock.ts';
import { runShard } from '../../core/engine/worker.ts';
import type { WorkerJob } from '../../core/engine/worker-job.ts';
import { initialState } from '../../core/job/initial-state.ts';
import type { NamedOperations } from '../../core/job/operation-name.ts';
import type { StoredRequest } from '../../core/job/records.ts';
import { createLambdaDataClient } from '../../core/lambda/create-lambda-data-client.ts';
import { LineColumns } from '../../core/manifest/line-form.ts';
import { operationOf } from '../../core/operations/registry.ts';
import { createS3DataClient, type S3Connection } from '../../core/s3/create-s3-data-client.ts';
import { blockOf } from '../../core/stores/progress-store.ts';
import { MemoryJobStore } from '../../test/support/memory-job-store.ts';
import { MemoryProgressStore } from '../../test/support/memory-progress-store.ts';
import { MemoryWorkStore } from '../../test/support/memory-work-store.ts';
import { contend } from './contender.ts';
import { BUCKET, CREDENTIALS, keyOf, REGION, type Scenario, TAGS, TARGET_BUCKET, TARGET_PREFIX } from './scenario.ts';

/**
 * The worker as it is: runShard with the operation, the thin client and real shards, from the shard file's lines to the
 * results file; tables and work bucket are in memory (a shard makes some ten requests of them, for thousands of tasks).
 */
const JOB = '0f00e1d2-0000-4000-8000-000000000001';
const CREATED = '2026-11-01T12:00:00.000Z';
const FILES = 8;

const OPERATIONS: Readonly<Record<Scenario['kind'], NamedOperations>> = {
  tag: { S3PutObjectTagging: { TagSet: [...TAGS] } },
  copy: { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${TARGET_BUCKET}`, TargetKeyPrefix: TARGET_PREFIX } },
  delete: { Drover: { DeleteObject: {} } },
  'delete-batched': { Drover: { DeleteObject: {} } },
};

const COLUMNS = new LineColumns({ columns: ['Bucket', 'Key'] });

const clients = new Map<string, S3Connection>();

function clientOf(endpoint: string): S3Connection {
  const client = clients.get(endpoint) ?? createS3DataClient({ credentials, region: REGION, endpoint });
  clients.set(endpoint, client);
  return client;
}

async function credentials() {
  return CREDENTIALS;
}

function openJob({ kind }: Scenario, origin: string): WorkerJob {
  const stored = {
    jobId: JOB,
    hash: '',
    createdAt: CREATED,
    request: { Operation: OPERATIONS[kind], Priority: 1, Report: { Enabled: true } },
  } as StoredRequest;
  const { signal } = new AbortController();
  const lambda = createLambdaDataClient({ credentials, region: REGION, endpoint: origin });
  const { operation, parameters } = operationOf(stored.request);
  const { batch: _, ...single } = operation;
  return {
    stored,
    columns: COLUMNS,
    operation: kind === 'delete' ? single : operation,
    parameters,
    context: { jobId: JOB, s3: clientOf(origin), lambda, signal },
  };
}

const shardFiles = new Map<string, MemoryWorkStore['objects']>();

/** Made before the clock runs, once for each size of shard. */
function shardFilesOf(tasks: number, objects: number): MemoryWorkStore['objects'] {
  const known = shardFiles.get(`${tasks} ${objects}`);
  if (known !== undefined) return known;
  const files: MemoryWorkStore['objects'] = new Map();
  for (let file = 0; file < FILES; file += 1) {
    const lines = Array.from({ length: tasks }, (_, n) => `${BUCKET},${keyOf((file * tasks + n) % objects)}\n`);
    files.set(`shard-${file}.csv`, { body: Buffer.from(lines.join('')), metadata: {} });
  }
  shardFiles.set(`${tasks} ${objects}`, files);
  return files;
}

/** An Active job of which a million tasks are counted: its parts are as long as those of most of a job. */
async function activeJob(job: WorkerJob): Promise<MemoryJobStore> {
  const jobs = new MemoryJobStore();
  await jobs.createJob(job.stored, { ...initialState(job.stored), status: 'Active' }, []);
  await jobs.raiseTotals(JOB, { succeeded: 1_000_000, failed: 0, shardsDone: 200, summedAt: 0 });
  return jobs;
}

await contend(async (scenario, origin, until, objects) => {
  const job = openJob(scenario, origin);
  const tasks = job.operation.tasksPerShard(job.parameters);
  const jobs = await activeJob(job);
  const progress = new MemoryProgressStore();
  const work = new MemoryWorkStore();
  for (const [name, file] of shardFilesOf(tasks, objects)) work.objects.set(name, file);
  const engine = {
    jobs,
    progress,
    work,
    callScheduler: async () => undefined,
    clock: systemClock,
    log: () => undefined,
  };
  const deps = { ...engine, invocation: 'bench', openJob: async () => job };
  let shard = 0;
  for (; performance.now() < until; shard += 1) {
    await progress.createBlock(JOB, blockOf(shard));
    const deadline = Date.now() + 15 * 60_000;
    const place = {
      jobId: JOB,
      epoch: 1,
      shard,
      tasks,
      concurrency: scenario.concurrency,
      deadline,
      abortAt: deadline,
    };
    await runShard(deps, { ...place, file: `shard-${shard % FILES}.csv` });
  }
  return { tasks: await counted(progress, shard * tasks), requests: 0 };
});

/** The tasks that were counted as succeeded: all of them, or the bench is worth nothing. */
async function counted(progress: MemoryProgressStore, expected: number): Promise<number> {
  const blocks = await progress.listBlocks(JOB);
  const succeeded = blocks.reduce((sum, block) => sum + block.succeeded, 0);
  if (succeeded !== expected) throw new Error(`${succeeded} of ${expected} tasks succeeded`);
  return succeeded;
}
