import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { StoredRequest } from '../job/records.ts';
import { NOT_GENERATED } from '../manifest/formats/generated.ts';
import { type OutputFile, type OutputLocation, outputFileKey } from '../manifest/generator/manifest-output.ts';
import { ManifestError } from '../manifest/manifest-error.ts';
import { SHARDS_PER_BLOCK } from '../stores/progress-store.ts';
import { type OpenReport, ReportNotWritable, type ReportObject } from '../stores/report-destination.ts';
import { mapBounded } from './bounded.ts';
import type { EngineDependencies } from './dependencies.ts';
import { type Plan, type PlannedShard, shardsOf } from './plan.ts';
import { outputRecordKey } from './work-keys.ts';

export interface OutputDependencies extends EngineDependencies {
  /** The bucket that the generated manifest of a job is written to, with the job's role. */
  readonly openOutput: OpenReport;
}

/** Shard files read ahead: bounds memory. */
const SHARDS_AHEAD = 8;

const LINE_BREAK = 0x0a;

/** Ranges of a plan: each is one file of the written manifest, and as many shards as a block has. */
export const outputRanges = ({ shards }: Plan): number => Math.ceil(shards / SHARDS_PER_BLOCK);

export async function readOutputRecord(
  deps: EngineDependencies,
  jobId: string,
  range: number,
): Promise<OutputFile | undefined> {
  const found = await deps.work.get(outputRecordKey(jobId, range));
  return found === undefined ? undefined : (JSON.parse(found.body.toString('utf8')) as OutputFile);
}

/**
 * Writes the lines of one range of a prepared job to the user's bucket. A second run writes the same bytes under the
 * same key.
 *
 * @throws ManifestError when the bucket refuses.
 */
export async function writeOutputRange(
  deps: OutputDependencies,
  { jobId }: StoredRequest,
  location: OutputLocation,
  plan: Plan,
  range: number,
): Promise<OutputFile> {
  return await writing(async () => {
    const key = outputFileKey(jobId, range, location);
    const object = (await deps.openOutput(jobId)).create(key, 'application/gzip');
    try {
      const file: OutputFile = { key, ...(await pack(linesOf(deps, shardsIn(range, jobId, plan)), object)) };
      await object.close();
      await deps.work.put(outputRecordKey(jobId, range), JSON.stringify(file));
      return file;
    } catch (error) {
      await object.abort();
      throw error;
    }
  });
}

/** Does what writes to the output's bucket; says what its refusal means for the job, first in S3's words. */
export async function writing<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ReportNotWritable)) throw error;
    const reason = `Error occurred when preparing manifest: Failed to write manifest. ${error.message}${helpOf(error)}`;
    throw new ManifestError(NOT_GENERATED, reason, { cause: error });
  }
}

/** S3 says the same of a role without permission and of an owner who is another. */
function helpOf({ message }: ReportNotWritable): string {
  if (!message.includes('AccessDenied')) return '';
  return ". The job's role needs s3:PutObject there, and the bucket the owner that is expected";
}

function shardsIn(range: number, jobId: string, plan: Plan): PlannedShard[] {
  return [...shardsOf(jobId, plan)].filter(({ shard }) => Math.floor(shard / SHARDS_PER_BLOCK) === range);
}

async function* linesOf(deps: EngineDependencies, shards: readonly PlannedShard[]): AsyncGenerator<Buffer> {
  for (let first = 0; first < shards.length; first += SHARDS_AHEAD) {
    const ahead = shards.slice(first, first + SHARDS_AHEAD);
    yield* await mapBounded(ahead, SHARDS_AHEAD, async ({ file, tasks }) => {
      const found = await deps.work.get(file);
      if (found === undefined) throw new Error(`the shard file ${file} is not there`);
      return firstLines(found.body, tasks, file);
    });
  }
}

/** The last shard of a plan may have fewer tasks than its file has lines. */
function firstLines(body: Buffer, count: number, file: string): Buffer {
  let end = 0;
  for (let line = 0; line < count; line += 1) {
    end = body.indexOf(LINE_BREAK, end) + 1;
    if (end === 0) throw new Error(`the shard file ${file} has ${line} lines, planned are ${count}`);
  }
  return body.subarray(0, end);
}

async function pack(lines: AsyncIterable<Buffer>, object: ReportObject): Promise<Omit<OutputFile, 'key'>> {
  const md5 = createHash('md5');
  let size = 0;
  await pipeline(Readable.from(lines), createGzip(), async (packed: AsyncIterable<Buffer>) => {
    for await (const bytes of packed) {
      md5.update(bytes);
      size += bytes.length;
      await object.write(bytes);
    }
  });
  return { size, md5: md5.digest('hex') };
}
