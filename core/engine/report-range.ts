import { createHash, type Hash } from 'node:crypto';
import type { StoredRequest } from '../job/records.ts';
import { type ReportFile, reportFileKey, reportFolder } from '../report/report-manifest.ts';
import { type Block, blockOf } from '../stores/progress-store.ts';
import type { OpenReport, ReportDestination, ReportObject } from '../stores/report-destination.ts';
import { mapBounded } from './bounded.ts';
import type { EngineDependencies } from './dependencies.ts';
import { readPart } from './part-file.ts';
import { type Plan, readPlan, shardsOf } from './plan.ts';
import type { ItemInput } from './turn.ts';
import { reportRecordKey } from './work-keys.ts';

export interface ReportDependencies extends EngineDependencies {
  readonly openReport: OpenReport;
}

/** Shards read ahead: bounds memory to so many shards' results. */
const SHARDS_AHEAD = 8;

/** What was written of a block: no file where there were no lines. */
export interface RangeRecord {
  readonly files: readonly ReportFile[];
}

/** One child of ReportJob's Map: writes the report files of the block that the item names, unless that was done. */
export async function reportItem(deps: ReportDependencies, input: ItemInput): Promise<void> {
  const number = Number(input.item['block']);
  if ((await deps.work.head(reportRecordKey(input.jobId, number))) !== undefined) return;
  const [stored, plan, block] = await Promise.all([
    deps.jobs.getRequest(input.jobId),
    readPlan(deps.work, input.jobId),
    deps.progress.getBlock(input.jobId, number),
  ]);
  if (stored === undefined || plan === undefined || block?.sealed !== true) return;
  await writeRange(deps, stored, plan, block);
}

/** Merges the results of a sealed block into its report files. A second run writes the same bytes under the same keys. */
export async function writeRange(
  deps: ReportDependencies,
  stored: StoredRequest,
  plan: Plan,
  block: Block,
): Promise<RangeRecord> {
  const { jobId, request } = stored;
  const destination = await deps.openReport(jobId);
  const folder = reportFolder(jobId, request.Report.Prefix);
  const file = (status: ReportFile['status']): ReportFileWriter =>
    new ReportFileWriter(destination, status, reportFileKey(folder, jobId, block.number, status));
  const succeeded = request.Report.ReportScope === 'FailedTasksOnly' ? undefined : file('succeeded');
  const failed = file('failed');
  try {
    await merge(deps, jobId, shardsIn(block, jobId, plan), succeeded, failed);
    const files = [await succeeded?.close(), await failed.close()].filter((written) => written !== undefined);
    await deps.work.put(reportRecordKey(jobId, block.number), JSON.stringify({ files } satisfies RangeRecord));
    return { files };
  } catch (error) {
    await Promise.all([succeeded?.abort(), failed.abort()]);
    throw error;
  }
}

/** The block's shards, each with the position that its results are counted up to. A large plan is not gathered for it. */
function shardsIn(block: Block, jobId: string, plan: Plan): { readonly shard: number; readonly counted: number }[] {
  const found: { readonly shard: number; readonly counted: number }[] = [];
  for (const { shard, tasks } of shardsOf(jobId, plan)) {
    const at = blockOf(shard);
    if (at > block.number) break;
    if (at < block.number) continue;
    found.push({ shard, counted: block.done.has(shard) ? tasks : (block.parts.get(shard)?.at ?? 0) });
  }
  return found;
}

async function merge(
  deps: ReportDependencies,
  jobId: string,
  shards: readonly { readonly shard: number; readonly counted: number }[],
  succeeded: ReportFileWriter | undefined,
  failed: ReportFileWriter,
): Promise<void> {
  for (let first = 0; first < shards.length; first += SHARDS_AHEAD) {
    const ahead = shards.slice(first, first + SHARDS_AHEAD);
    const read = await mapBounded(ahead, SHARDS_AHEAD, ({ shard, counted }) => readShard(deps, jobId, shard, counted));
    for (const part of read.flat()) {
      await succeeded?.write(part.succeeded, part.record.succeeded);
      await failed.write(part.failed, part.record.failed);
    }
  }
}

/** The parts of a shard, found by following each one's end to the next one's beginning. */
async function readShard(
  deps: ReportDependencies,
  jobId: string,
  shard: number,
  counted: number,
): Promise<Awaited<ReturnType<typeof readPart>>[]> {
  const parts: Awaited<ReturnType<typeof readPart>>[] = [];
  let from = 0;
  while (from < counted) {
    const part = await readPart(deps.work, jobId, shard, from);
    parts.push(part);
    from = part.record.end;
  }
  if (from === counted) return parts;
  throw new Error(`shard ${shard} of job ${jobId} is counted to task ${counted}, its results end at ${from}`);
}

/** One file of lines: begun with its first line, so that no empty file is written. */
class ReportFileWriter {
  private object: ReportObject | undefined;
  private rows = 0;
  private readonly md5: Hash = createHash('md5');

  constructor(
    private readonly destination: ReportDestination,
    private readonly status: ReportFile['status'],
    private readonly key: string,
  ) {}

  async write(lines: Buffer, rows: number): Promise<void> {
    if (rows === 0) return;
    this.object ??= this.destination.create(this.key);
    this.rows += rows;
    this.md5.update(lines);
    await this.object.write(lines);
  }

  async close(): Promise<ReportFile | undefined> {
    if (this.object === undefined) return undefined;
    await this.object.close();
    return { status: this.status, key: this.key, md5: this.md5.digest('hex'), rows: this.rows };
  }

  async abort(): Promise<void> {
    await this.object?.abort();
  }
}
