import { isDeepStrictEqual } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { TaskSelection } from '../job/task-selection.ts';
import type { TaskSource } from '../job/task-sources.ts';
import { LineColumns } from '../manifest/line-form.ts';
import { invalidManifest } from '../manifest/manifest-error.ts';
import type { ManifestReader, Survey } from '../manifest/manifest-reader.ts';
import { readTaskLine } from '../manifest/task-line.ts';
import { objectColumns } from '../report/report-row.ts';
import { type Block, blockOf, SHARDS_PER_BLOCK } from '../stores/progress-store.ts';
import type { EngineDependencies } from './dependencies.ts';
import { readPart } from './part-file.ts';
import { type Plan, type PlannedShard, readPlan, shardsOf } from './plan.ts';
import { requireSurvey } from './survey.ts';
import { jobPrefix } from './work-keys.ts';

/** The ledgers of a job that has ended. */
type Ledgers = Pick<EngineDependencies, 'progress' | 'work'>;

/**
 * Tasks of jobs that have ended, as the manifest of another: their own lines, with all their columns, read from their
 * shard files; how each ended, from the results files that their sealed blocks count. So it needs neither the manifests,
 * which may be gone, nor reports, which may not have been asked for. A chunk is a block of 256 shards.
 *
 * A results file knows a task by what it names. Where a job named one object several times in one part, and one of these
 * tasks failed, all of them are taken for failed: carried out once more, or, as succeeded ones, left out.
 *
 * @param sources One job or several; a job that ended before its manifest was read has no tasks.
 */
export function tasksOfJobs(ledgers: Ledgers, sources: readonly TaskSource[]): ManifestReader {
  return {
    async survey() {
      const found = await Promise.all(sources.map((source) => surveyOfSource(ledgers, source)));
      const surveys = found.filter((survey) => survey !== undefined);
      const [first] = surveys;
      if (first === undefined) throw gone(sources[0]?.jobId ?? '');
      const other = surveys.find(({ form }) => !isDeepStrictEqual(form, first.form));
      if (other !== undefined) throw unlike(first, other);
      return { form: first.form, chunks: surveys.flatMap(({ chunks }) => chunks) };
    },

    async readLines({ key, part: number = 0 }, onLine) {
      const source = sources.find(({ jobId }) => jobPrefix(jobId) === key);
      if (source === undefined) throw new Error(`${key} is of none of the jobs ${JSON.stringify(sources)}`);
      const { jobId, selection } = source;
      const [plan, { form }] = await Promise.all([planOf(ledgers, jobId), requireSurvey(ledgers.work, jobId)]);
      const block = await ledgers.progress.getBlock(jobId, number);
      if (block === undefined) throw gone(jobId);
      const reader = new ShardReader(ledgers, jobId, selection, new LineColumns(form));
      for (const planned of shardsOf(jobId, plan)) {
        if (blockOf(planned.shard) !== number) continue;
        for (const line of await reader.read(planned, countedOf(block, planned))) {
          const more = onLine(line);
          if (!(more === true || (more !== false && (await more)))) return;
        }
      }
    },
  };
}

interface SourceSurvey extends Survey {
  readonly jobId: string;
}

/** The blocks of a job; undefined where it has no tasks, or is not kept any more. */
async function surveyOfSource({ work }: Ledgers, { jobId }: TaskSource): Promise<SourceSurvey | undefined> {
  const plan = await readPlan(work, jobId);
  if (plan === undefined) return undefined;
  const { form } = await requireSurvey(work, jobId);
  const blocks = Array.from({ length: Math.ceil(plan.shards / SHARDS_PER_BLOCK) }, (_, block) => block);
  return {
    jobId,
    form,
    chunks: blocks.map((part) => ({ bucket: '', key: jobPrefix(jobId), part, begins: true })),
  };
}

/** Lines are read in one form: that of all of them. */
function unlike(one: SourceSurvey, other: SourceSurvey): Error {
  const columns = ({ jobId, form }: SourceSurvey): string => `${jobId} has ${form.columns.join(', ')}`.slice(0, 80);
  return invalidManifest(
    `The jobs' manifests have other columns: ${columns(one)}; ${columns(other)}. Make a job for each of them`,
  );
}

async function planOf({ work }: Ledgers, jobId: string): Promise<Plan> {
  const plan = await readPlan(work, jobId);
  if (plan === undefined) throw gone(jobId);
  return plan;
}

function gone(jobId: string): Error {
  return invalidManifest(`The tasks of job ${jobId} are not there: a job is kept for 90 days after its end`);
}

/** Tasks of a shard that were carried out and counted. */
function countedOf(block: Block, { shard, tasks }: PlannedShard): number {
  return block.done.has(shard) ? tasks : (block.parts.get(shard)?.at ?? 0);
}

class ShardReader {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly jobId: string,
    private readonly selection: TaskSelection,
    private readonly columns: LineColumns,
  ) {}

  /** The lines of a shard's tasks that are selected, of which the first `counted` were carried out. */
  async read(planned: PlannedShard, counted: number): Promise<readonly Buffer[]> {
    if (this.selection === 'Unreached' && counted === planned.tasks) return [];
    const lines = await this.linesOf(planned);
    if (this.selection === 'All') return lines;
    if (this.selection === 'Executed') return lines.slice(0, counted);
    const carriedOut = this.selection === 'Unreached' ? [] : await this.byOutcome(planned.shard, lines, counted);
    const unreached = this.selection === 'Unreached' || this.selection === 'NotSucceeded' ? lines.slice(counted) : [];
    return [...carriedOut, ...unreached];
  }

  private async linesOf({ shard, file, tasks }: PlannedShard): Promise<readonly Buffer[]> {
    const found = await this.ledgers.work.get(file);
    const lines = found === undefined ? [] : linesIn(found.body, tasks);
    if (lines.length === tasks) return lines;
    throw new Error(`shard ${shard} of job ${this.jobId} should have ${tasks} tasks in ${file}, found ${lines.length}`);
  }

  private async byOutcome(shard: number, lines: readonly Buffer[], counted: number): Promise<readonly Buffer[]> {
    const wantsFailed = this.selection !== 'Succeeded';
    const selected: Buffer[] = [];
    for (let from = 0; from < counted; ) {
      const { record, failed } = await readPart(this.ledgers.work, this.jobId, shard, from);
      const part = lines.slice(from, record.end);
      if (record.failed === 0 || record.succeeded === 0) {
        if (record.failed > 0 === wantsFailed) selected.push(...part);
      } else {
        const failures = objectsIn(failed);
        selected.push(...part.filter((line) => failures.has(this.objectOf(line)) === wantsFailed));
      }
      from = record.end;
    }
    return selected;
  }

  private objectOf(line: Buffer): string {
    const task = readTaskLine(line.toString('utf8'), this.columns);
    if (typeof task === 'string') throw new Error(`a prepared line of job ${this.jobId} is not valid: ${task}`);
    return objectColumns(task);
  }
}

/** The first `most` lines of a shard file, without their line breaks. */
function linesIn(body: Buffer, most: number): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; lines.length < most; ) {
    const end = body.indexOf(0x0a, from);
    if (end < 0) break;
    lines.push(body.subarray(from, end));
    from = end + 1;
  }
  return lines;
}

/** The objects that lines of a report name, as `objectColumns` has them. */
function objectsIn(rows: Buffer): ReadonlySet<string> {
  const records: string[][] = parse(rows, { record_delimiter: '\r\n' });
  return new Set(
    records.map(([bucket = '', manifestKey = '', version = '']) =>
      objectColumns({ bucket, manifestKey, ...(version === '' ? {} : { versionId: version }) }),
    ),
  );
}
