import { JobTrouble } from '../job/job-trouble.ts';
import type { JobFailure, StoredRequest } from '../job/records.ts';
import { USUAL_SELECTION } from '../job/task-selection.ts';
import { taskSourcesOf } from '../job/task-sources.ts';
import { FAILURE_REASON_LENGTH } from '../job/transition.ts';
import { type LookFilter, lookFilterOf } from '../manifest/filter/look-filter.ts';
import { rowFilterOf } from '../manifest/filter/row-filter.ts';
import type { RowFilter } from '../manifest/filter/row-predicate.ts';
import { wantedLines } from '../manifest/filter/wanted-lines.ts';
import { generatedManifest, NO_KEYS } from '../manifest/formats/generated.ts';
import type { LineForm } from '../manifest/line-form.ts';
import { INVALID_MANIFEST_CONTENT, invalidManifest, ManifestError } from '../manifest/manifest-error.ts';
import type { ManifestChunk, ManifestReader } from '../manifest/manifest-reader.ts';
import { neededColumns } from '../manifest/needed-columns.ts';
import { openManifest } from '../manifest/open-manifest.ts';
import { columnsLacking } from '../operations/task-parameters/columns-asked.ts';
import type { S3DataClient } from '../s3/s3-data-client.ts';
import type { OpenManifest } from '../stores/manifest-source.ts';
import { SHARDS_PER_BLOCK } from '../stores/progress-store.ts';
import { forEachBounded, mapBounded } from './bounded.ts';
import { failJob, handOver, moveJob, noteTrouble } from './job-changes.ts';
import { mapItems } from './map-items.ts';
import { writeOutput, writeOutputItem } from './output-manifest.ts';
import type { OutputDependencies } from './output-range.ts';
import { chunksInOrder, firstTasks, type Plan, readPlan, writePlan } from './plan.ts';
import { type ChunkRecord, prepareChunk, readChunkRecord } from './prepare-chunk.ts';
import { requireSurvey, surveyOf } from './survey.ts';
import { tasksOfJobs } from './tasks-of-jobs.ts';
import { done, type ItemInput, type TurnInput, type TurnOutput } from './turn.ts';
import { guardTurn } from './turn-guard.ts';

export interface PrepareDependencies extends OutputDependencies {
  readonly openManifest: OpenManifest;
  /** S3 with the role of a job, whose manifest is a listing or whose filter looks at objects. */
  readonly openBucket: (jobId: string) => Promise<S3DataClient>;
  /** Tasks in one shard of this job: its operation says. */
  readonly tasksPerShard: (stored: StoredRequest) => number;
  /** Why the job must fail before any task is begun, by the buckets that its manifest names. */
  readonly checkBuckets: (stored: StoredRequest, buckets: readonly string[]) => Promise<JobFailure | undefined>;
  /** Unique to this invocation. */
  readonly attempt: string;
  /** Bytes of a plain CSV in one chunk; the format's own unless given. Never changes while a job is prepared. */
  readonly chunkBytes?: number;
  /** Keys that one call lists before it leaves the rest to others; the generator's own unless given. */
  readonly listingShare?: number;
}

/** Characters of a file's key that are shown with its bad line. */
const SHOWN_KEY = 100;

/** Executions of this stage hand over when they have turned so often: a history ends at 25,000 events. */
const TURNS = 100;

/**
 * One turn of PrepareJob: from the manifest to a plan and its blocks, and the job on to Ready or Suspended. A manifest
 * of one chunk is cut here and now; a larger one by a Map over its chunks, whose records the next turn finds.
 */
export async function prepareTurn(deps: PrepareDependencies, input: TurnInput): Promise<TurnOutput> {
  return await guardTurn(deps, input, async () => {
    const stored = await begin(deps, input);
    if (stored === undefined) return done(input);
    if (input.turn >= TURNS) {
      await handOver(deps, input.jobId, input.epoch);
      return done(input);
    }
    try {
      return await takeTurn(deps, input, stored);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      await failJob(deps, input.jobId, input.epoch, { FailureCode: error.code, FailureReason: error.message });
      return done(input);
    }
  });
}

/** The request, if this epoch may still prepare the job. */
async function begin(deps: PrepareDependencies, { jobId, epoch }: TurnInput): Promise<StoredRequest | undefined> {
  const state = await deps.jobs.getState(jobId);
  if (state?.epoch !== epoch) return undefined;
  if (state.status === 'New') {
    if ((await moveJob(deps, jobId, epoch, 'Preparing')) === undefined) return undefined;
  } else if (state.status !== 'Preparing') return undefined;
  return await deps.jobs.getRequest(jobId);
}

async function takeTurn(deps: PrepareDependencies, input: TurnInput, stored: StoredRequest): Promise<TurnOutput> {
  const plan = (await readPlan(deps.work, input.jobId)) ?? (await makePlan(deps, input, stored));
  if ('action' in plan) return plan;
  const output = await writeOutput(deps, stored, plan);
  if (output.missing.length > 0) return await mapOutput(deps, input, output.missing);
  const blocks = Array.from({ length: Math.ceil(plan.shards / SHARDS_PER_BLOCK) }, (_, block) => block);
  await forEachBounded(blocks, 32, (block) => deps.progress.createBlock(input.jobId, block));
  const next = stored.request.ConfirmationRequired === false ? 'Ready' : 'Suspended';
  await moveJob(deps, input.jobId, input.epoch, next, {
    totalTasks: plan.tasks,
    shards: plan.shards,
    ...(plan.filtered === 0 ? {} : { filtered: plan.filtered }),
    ...(output.etag === undefined ? {} : { generatedManifestETag: output.etag }),
  });
  await deps.callScheduler(input.jobId);
  return done(input);
}

async function makePlan(
  deps: PrepareDependencies,
  input: TurnInput,
  stored: StoredRequest,
): Promise<Plan | TurnOutput> {
  const { jobId } = input;
  const reader = await openReader(deps, stored);
  const survey = await surveyOf(deps.work, jobId, reader);
  // Whether the manifest has the columns that the filter needs is known before it is read.
  filterOf(stored, survey.form);
  requireColumnsAsked(stored, survey.form);
  const chunks = [...survey.chunks];
  const cut: ChunkRecord[] = [];
  // Once a round of chunks is cut, what they left is the next.
  while (cut.length < chunks.length) {
    const round = chunks.slice(cut.length).map((source, index) => ({ chunk: cut.length + index, source }));
    const [only] = round;
    const records = await mapBounded(round, 32, ({ chunk }) => readChunkRecord(deps, jobId, chunk));
    // What a call left for want of time is not for the same call.
    if (only !== undefined && round.length === 1 && only.source.only === undefined)
      records[0] ??= await cutChunk(deps, stored, reader, survey.form, only);
    const missing = round.filter((_, index) => records[index] === undefined);
    if (missing.length > 0) return await mapChunks(deps, input, missing);
    const found = records.filter((record) => record !== undefined);
    cut.push(...found);
    chunks.push(...found.flatMap(({ rest }) => rest ?? []));
  }
  const left = cut.map(({ rest }) => rest?.length ?? 0);
  const { Filter: filter } = wantedLines(stored.request);
  const plan = firstTasks(planOf(stored, chunks, cut), filter?.First, chunksInOrder(survey.chunks.length, left));
  await checkBuckets(deps, stored, [...new Set(cut.flatMap(({ buckets }) => buckets))]);
  return await writePlan(deps.work, jobId, plan);
}

/** @throws ManifestError when the job's operation cannot be carried out in these buckets. */
async function checkBuckets(
  deps: PrepareDependencies,
  stored: StoredRequest,
  buckets: readonly string[],
): Promise<void> {
  const failure = directoryBucketFailure(buckets) ?? (await deps.checkBuckets(stored, buckets));
  if (failure !== undefined) throw new ManifestError(failure.FailureCode, failure.FailureReason);
}

/** Directory buckets (S3 Express One Zone) speak another dialect: sessions, no tags, no versions. */
function directoryBucketFailure(buckets: readonly string[]): JobFailure | undefined {
  const bucket = buckets.find((name) => name.endsWith('--x-s3'));
  if (bucket === undefined) return undefined;
  return {
    FailureCode: INVALID_MANIFEST_CONTENT,
    FailureReason: `The manifest names ${bucket}: directory buckets are not supported`,
  };
}

async function mapChunks(
  deps: PrepareDependencies,
  input: TurnInput,
  missing: readonly NumberedChunk[],
): Promise<TurnOutput> {
  const rows = missing.map(({ chunk, source }) => `${chunk},${written(source)}`);
  return await mapItems(deps, input, `chunk,source\n${rows.join('\n')}\n`, `${missing[0]?.chunk}/${missing.length}`);
}

async function mapOutput(deps: PrepareDependencies, input: TurnInput, missing: readonly number[]): Promise<TurnOutput> {
  return await mapItems(deps, input, `output\n${missing.join('\n')}\n`, `output ${missing[0]}/${missing.length}`);
}

/** One child of PrepareJob's Map: cuts the chunk that the item names, or writes a range of the generated manifest. */
export async function prepareItem(deps: PrepareDependencies, input: ItemInput): Promise<void> {
  const { jobId, epoch, item } = input;
  const [state, stored] = await Promise.all([deps.jobs.getState(jobId), deps.jobs.getRequest(jobId)]);
  if (stored === undefined || state?.epoch !== epoch || state.status !== 'Preparing') return;
  try {
    if (item['output'] !== undefined) return await writeOutputItem(deps, stored, Number(item['output']));
    const chunk = Number(item['chunk']);
    if ((await readChunkRecord(deps, jobId, chunk)) !== undefined) return;
    const reader = await openReader(deps, stored);
    const { form } = await requireSurvey(deps.work, jobId);
    const source = read(item['source'] ?? '');
    await cutChunk(deps, stored, reader, form, { chunk, source });
  } catch (error) {
    await showFault(deps, input, error);
  }
}

/** Says on the job why a chunk could not be cut: at once and for good, or until it passes. */
async function showFault(deps: PrepareDependencies, { jobId, epoch }: ItemInput, error: unknown): Promise<void> {
  const FailureReason = error instanceof Error ? error.message : String(error);
  if (error instanceof ManifestError) {
    return await failJob(deps, jobId, epoch, { FailureCode: error.code, FailureReason });
  }
  if (error instanceof JobTrouble)
    return await noteTrouble(deps, jobId, epoch, { FailureCode: error.code, FailureReason });
  await noteTrouble(deps, jobId, epoch, {
    FailureCode: 'WorkerFault',
    FailureReason: `A worker failed: ${FailureReason}`,
  });
  throw error;
}

/** A chunk as a field of the items' CSV: in characters that no field needs quotes for. */
function written(source: ManifestChunk): string {
  return Buffer.from(JSON.stringify(source)).toString('base64url');
}

function read(field: string): ManifestChunk {
  return JSON.parse(Buffer.from(field, 'base64url').toString('utf8'));
}

/** The manifest that the job names, the listing that it asks for, or the tasks of other jobs. */
async function openReader(deps: PrepareDependencies, { jobId, request }: StoredRequest): Promise<ManifestReader> {
  const generator = request.ManifestGenerator?.S3JobManifestGenerator;
  if (generator !== undefined) {
    return generatedManifest(
      { s3: await deps.openBucket(jobId), clock: deps.clock, share: deps.listingShare },
      generator,
    );
  }
  const { Manifest: manifest } = request;
  const sources = await taskSourcesOf(request, (id) => deps.jobs.getRequest(id));
  if (sources.length > 0) return tasksOfJobs(deps, sources);
  if (manifest === undefined) throw new Error(`job ${jobId} has no manifest`);
  return openManifest(await deps.openManifest(jobId), manifest, neededColumns(request), deps.chunkBytes);
}

function filterOf({ request, createdAt }: StoredRequest, form: LineForm): RowFilter | undefined {
  return rowFilterOf(wantedLines(request), form, createdAt);
}

/** @throws ManifestError when values of the operation name columns that the manifest lacks. */
function requireColumnsAsked({ request }: StoredRequest, { columns }: LineForm): void {
  const [lacking] = columnsLacking(request, columns);
  if (lacking === undefined) return;
  const there = columns.filter((column) => column !== 'Ignore').join(', ');
  const { path, column } = lacking;
  const reason = `${path} names the column ${column}, which the manifest lacks: it has ${there}`;
  throw invalidManifest(reason.slice(0, FAILURE_REASON_LENGTH));
}

/** Looks at the objects of lines, where the request wants that; as its job's role. */
async function looksOf(
  deps: PrepareDependencies,
  { jobId, request, createdAt }: StoredRequest,
  form: LineForm,
): Promise<LookFilter | undefined> {
  const { Filter: filter } = wantedLines(request);
  if (filter?.Head !== true && filter?.Tags === undefined) return undefined;
  return lookFilterOf(await deps.openBucket(jobId), filter, form, createdAt);
}

interface NumberedChunk {
  readonly chunk: number;
  readonly source: ManifestChunk;
}

async function cutChunk(
  deps: PrepareDependencies,
  stored: StoredRequest,
  reader: ManifestReader,
  form: LineForm,
  { chunk, source }: NumberedChunk,
): Promise<ChunkRecord> {
  return await prepareChunk(deps, {
    jobId: stored.jobId,
    chunk,
    attempt: deps.attempt,
    reader,
    form,
    source,
    wants: filterOf(stored, form),
    looks: await looksOf(deps, stored, form),
    most: wantedLines(stored.request).Filter?.First,
    tasksPerShard: deps.tasksPerShard(stored),
  });
}

/** The plan of a manifest whose chunks are all cut; throws ManifestError for the first bad line, or where there is none. */
function planOf(stored: StoredRequest, chunks: readonly ManifestChunk[], records: readonly ChunkRecord[]): Plan {
  let [tasks, shards, filtered] = [0, 0, 0];
  let linesBefore = 0;
  for (const [index, record] of records.entries()) {
    const chunk = chunks[index];
    if (chunk?.begins === true) linesBefore = 0;
    if (record.bad !== undefined) throw badLine(chunks, index, linesBefore + record.bad.line, record.bad.reason);
    linesBefore += record.lines;
    tasks += record.tasks.reduce((sum, count) => sum + count, 0);
    shards += record.tasks.length;
    filtered += record.filtered;
  }
  if (tasks === 0) throw noTasks(stored, filtered);
  return { tasks, shards, filtered, chunks: records.map(({ attempt, tasks: counts }) => ({ attempt, tasks: counts })) };
}

/** The failure of a job for its manifest's first bad line, which counts from 1 in its file. */
function badLine(chunks: readonly ManifestChunk[], index: number, line: number, reason: string): ManifestError {
  const { bucket = '', key = '', rows, keys } = chunks[index] ?? {};
  // Lists that Drover made itself are in no file that users know.
  const file = bucket === '' || keys !== undefined ? '' : ` of s3://${bucket}/${shortened(key)}`;
  const where = ` (${rows === true ? 'row' : 'line'} ${line}${file})`;
  return invalidManifest(reason.slice(0, FAILURE_REASON_LENGTH - where.length) + where);
}

/** So much of a key that it and what is wrong find room in a failure's reason: its end tells files apart. */
function shortened(key: string): string {
  return key.length <= SHOWN_KEY ? key : `…${key.slice(-SHOWN_KEY)}`;
}

function noTasks({ request }: StoredRequest, filtered: number): ManifestError {
  if (request.ManifestGenerator !== undefined) return new ManifestError(...NO_KEYS);
  const { TasksOf: source } = request.Drover ?? {};
  if (source !== undefined) {
    return invalidManifest(`Job ${source.JobId} has no tasks that are ${source.Tasks ?? USUAL_SELECTION}`);
  }
  if (request.Drover?.After?.Manifest !== undefined) {
    return invalidManifest(`The jobs that it waited for have none of the tasks ${request.Drover.After.Manifest}`);
  }
  const reason =
    filtered === 0 ? 'The manifest names no objects' : `The filter left out every line of the manifest (${filtered})`;
  return invalidManifest(reason);
}
