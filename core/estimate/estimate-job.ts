import { type LaneNeeds, laneNeedsOf } from '../engine/lanes.ts';
import { initialState } from '../job/initial-state.ts';
import type { JobRequest } from '../job/request.ts';
import type { Operation } from '../operations/operation.ts';
import { operationOf } from '../operations/registry.ts';
import type { TaskRequests } from '../operations/task-requests.ts';
import { adviceOf } from './advice.ts';
import { batchOperationsCost } from './batch-operations.ts';
import { billOf, type Usage } from './bill.ts';
import { droverUsage, secondsAround, workBytes } from './drover-usage.ts';
import { type Assumption, type Cost, costOf, type Estimate } from './estimate.ts';
import type { EstimateAssumptions } from './estimate-request.ts';
import { feesOf } from './fees.ts';
import { filterLooks } from './filter-looks.ts';
import { jobSize, LINE_BYTES } from './job-size.ts';
import { GIGABYTE, type ObjectWork, objectCosts, storageOfCopies } from './object-costs.ts';
import { PRICE_LIST, PRICES, type StorageClass } from './prices.ts';
import { speedOf } from './run-time.ts';

/** Milliseconds: what S3's guide tells to expect of small objects, 100 to 200 (User Guide, "optimizing-performance"). */
const ASSUMED_LATENCY = 100;

/** Months that the files in the work bucket are kept. */
const KEPT_MONTHS = 3;

/** What an estimate is made from. */
export interface EstimateSource {
  readonly request: JobRequest;
  readonly tasks: number;
  /** Where the job has been prepared. */
  readonly prepared?: { readonly jobId: string; readonly shards: number | undefined } | undefined;
  readonly assumptions: EstimateAssumptions;
  /** Workers of all jobs together, and whether they were measured. */
  readonly capacity: { readonly workers: number; readonly measured: boolean };
}

/** What the job takes in time and in dollars, if it has all workers to itself and no task fails. */
export function estimateJob(source: EstimateSource): Estimate {
  const { request, tasks, prepared, assumptions, capacity } = source;
  const { operation, parameters } = operationOf(request);
  const objectBytes = assumptions.AverageObjectBytes;
  const bytes = objectBytes === undefined ? undefined : tasks * objectBytes;
  const latency = assumptions.RequestLatencyMilliseconds ?? ASSUMED_LATENCY;
  const { requests, batch } = asked(operation, parameters, request, objectBytes);
  const size = jobSize(tasks, operation.tasksPerShard(parameters), prepared?.shards);
  const needs = laneNeedsOf(operation, initialState({ jobId: '', hash: '', createdAt: '', request }));
  const assumed = assumptions.TasksPerSecond;
  const speedWith = (limited: LaneNeeds) =>
    speedOf({ size, needs: limited, capacity: capacity.workers, requests, batch, latency, assumed });
  const speed = speedWith(needs);
  const seconds = tasks / speed.tasksPerSecond;
  const reports = request.Report.Enabled;
  const around = secondsAround(size, capacity.workers, reports);
  const work: ObjectWork = { tasks, bytes, requests, copiesTo: classOfCopies(request), tier: tierOf(request) };
  const costWith = (workers: number) => droverCost(droverUsage({ size, workers, seconds, reports }), tasks);
  const drover = costWith(speed.workers);
  const own = objectCosts(work);
  const storage = storageOfCopies(work);
  return {
    ...(prepared === undefined ? {} : { JobId: prepared.jobId }),
    Operation: operation.name,
    Tasks: tasks,
    ...(bytes === undefined ? {} : { Bytes: bytes }),
    RunTime: {
      Seconds: seconds,
      PrepareSeconds: around.prepare,
      ReportSeconds: around.report,
      TasksPerSecond: speed.tasksPerSecond,
      Workers: speed.workers,
      LimitedBy: speed.limits[0]?.Name ?? 'Workers',
      Limits: speed.limits,
    },
    Costs: {
      Drover: drover,
      Requests: own,
      Total: drover.USD + own.USD,
      ...(storage === undefined ? {} : { StoragePerMonth: storage }),
    },
    S3BatchOperations: batchOperationsCost(operation.name, request, work),
    Fees: feesOf({
      name: operation.name,
      work,
      generated: request.ManifestGenerator !== undefined,
      looks: filterLooks(request),
      dryRun: request.Drover?.DryRun === true,
      restoreDays: request.Operation.S3InitiateRestoreObject?.ExpirationInDays,
    }),
    Advice: adviceOf(speed, needs, speedWith, costWith),
    Assumptions: takenForGranted(source, requests, latency),
    Prices: PRICE_LIST,
  };
}

/** What a task asks for, with the job's options, and how many are asked for together. */
function asked(
  operation: Operation,
  parameters: unknown,
  { Drover: options }: JobRequest,
  objectBytes: number | undefined,
): { readonly requests: TaskRequests; readonly batch: number } {
  if (options?.DryRun === true) return { requests: { reads: 1 }, batch: 1 };
  const requests = operation.requestsPerTask(parameters, objectBytes);
  if (options?.SkipUnchanged === true) return { requests: { ...requests, reads: (requests.reads ?? 0) + 1 }, batch: 1 };
  return { requests, batch: operation.batch?.size(parameters) ?? 1 };
}

function classOfCopies({ Operation: given, Drover: options }: JobRequest): StorageClass | undefined {
  const copy = given.S3PutObjectCopy ?? given.Drover?.Move;
  return copy === undefined || options?.DryRun === true ? undefined : (copy.StorageClass ?? 'STANDARD');
}

/** S3's default, where the job names none. */
function tierOf({ Operation: { S3InitiateRestoreObject: restore } }: JobRequest): 'STANDARD' | 'BULK' {
  return restore?.GlacierJobTier ?? 'STANDARD';
}

function droverCost(usage: Usage, tasks: number): Cost {
  const bill = billOf(usage);
  const kept = (workBytes(tasks, LINE_BYTES) / GIGABYTE) * KEPT_MONTHS;
  return costOf([
    { What: 'Step Functions: state transitions', Quantity: usage.transitions, USD: bill.transitions },
    { What: 'Lambda: GB-seconds', Quantity: usage.gigabyteSeconds, USD: bill.lambda },
    { What: 'DynamoDB: units', Quantity: usage.readUnits + usage.writeUnits, USD: bill.tables },
    { What: 'S3: requests for work files and report', Quantity: usage.puts + usage.gets, USD: bill.s3 },
    { What: 'S3: work files, GB-months until they are deleted', Quantity: kept, USD: kept * PRICES.gigabyteMonth },
    { What: 'CloudWatch Logs: invocations', Quantity: usage.invocations, USD: bill.logs },
  ]);
}

/** Every number that was taken for granted, for those who know better. */
function takenForGranted(
  { prepared, assumptions, capacity, request, tasks }: EstimateSource,
  requests: TaskRequests,
  latency: number,
): Assumption[] {
  const all: (Assumption | false)[] = [
    prepared === undefined && { Name: 'Tasks', Meaning: `${tasks.toLocaleString('en-US')} tasks, as was given` },
    assumptions.AverageObjectBytes !== undefined && {
      Name: 'AverageObjectBytes',
      Meaning: `${assumptions.AverageObjectBytes.toLocaleString('en-US')} bytes an object, as was given`,
    },
    {
      Name: 'RequestLatencyMilliseconds',
      Meaning: `${latency} ms until ${requests.invocations === undefined ? 'S3' : 'the function'} answers${
        assumptions.RequestLatencyMilliseconds === undefined ? '' : ', as was given'
      }`,
    },
    (requests.writes ?? requests.reads ?? requests.deletes) !== undefined && {
      Name: 'TasksPerSecond',
      Meaning:
        'the objects lie in one partition of their bucket; S3 splits a busy bucket into more, each with its rate',
    },
    {
      Name: 'Workers',
      Meaning: capacity.measured
        ? 'all workers that this account allows, none of them with another job'
        : `${capacity.workers} workers, as in a new account: this one has not been measured yet`,
    },
    {
      Name: 'Outcome',
      Meaning: `no task fails or is tried again${
        request.Drover?.SkipUnchanged === true ? ', and nothing is as it should be already' : ''
      }`,
    },
    requests.reads !== undefined && {
      Name: 'StorageClass',
      Meaning: 'objects are read in STANDARD; each request to a colder class costs more',
    },
    requests.kms !== undefined &&
      requests.kms > 0 && {
        Name: 'KMS',
        Meaning: 'one request an object with the key that the job names; sources under KMS keys ask for one more each',
      },
    { Name: 'LineBytes', Meaning: `${LINE_BYTES} bytes a line of the manifest` },
  ];
  return all.filter((each) => each !== false);
}
