import type { JobState, StoredRequest } from '../../core/job/records.ts';
import type { JobTag } from '../../core/job/request.ts';
import { MemoryJobStore } from '../support/memory-job-store.ts';
import { MemoryProgressStore } from '../support/memory-progress-store.ts';
import { MemoryWorkStore } from '../support/memory-work-store.ts';

/** After how many of its writes the creation of a job is cut short, and the error that its caller gets. */
export interface Cut {
  readonly writes: number;
  readonly fault: Error;
}

/** A job is created by several writes, and whoever makes them may be cut short. */
class CutJobStore extends MemoryJobStore {
  constructor(private readonly cut: () => Cut | undefined) {
    super();
  }

  override async createJob(request: StoredRequest, state: JobState, tags: readonly JobTag[]): Promise<StoredRequest> {
    const cut = this.cut();
    if (cut === undefined) return await super.createJob(request, state, tags);
    this.open.add(request.jobId);
    if (cut.writes > 1 && !this.requests.has(request.jobId)) this.requests.set(request.jobId, structuredClone(request));
    if (cut.writes > 2 && !this.tags.has(request.jobId)) this.tags.set(request.jobId, structuredClone(tags));
    throw cut.fault;
  }
}

/** All that a world keeps: it outlives every process. */
export class Stores {
  readonly jobs: MemoryJobStore;
  readonly progress = new MemoryProgressStore();
  readonly work = new MemoryWorkStore();
  /** What is in the report bucket. */
  readonly report = new Map<string, string>();

  constructor(cut: () => Cut | undefined) {
    this.jobs = new CutJobStore(cut);
  }

  /** The text of a job's report's manifest.json, if it is out. */
  manifestOf(jobId: string): string | undefined {
    for (const [key, text] of this.report) {
      if (key.includes(jobId) && key.endsWith('/manifest.json')) return text;
    }
    return undefined;
  }

  /** The keys of a job's counted tasks, from the results files that its blocks name. */
  countedKeys(jobId: string): { readonly succeeded: string[]; readonly failed: string[] } {
    const [succeeded, failed]: [string[], string[]] = [[], []];
    for (const block of this.progress.blocks.get(jobId)?.values() ?? []) {
      const done = [...block.done].map((shard) => [shard, Number.POSITIVE_INFINITY] as const);
      for (const [shard, end] of [...done, ...[...block.parts].map(([shard, { at }]) => [shard, at] as const)]) {
        for (let from = 0; from < end; ) {
          const file = this.work.objects.get(`jobs/${jobId}/results/${shard}/${from}.csv`);
          if (file === undefined) break;
          for (const line of file.body.toString().split('\r\n').slice(0, -1)) {
            (line.includes(',failed,') ? failed : succeeded).push(line.split(',')[1] ?? '');
          }
          from = Number(file.metadata['end']);
        }
      }
    }
    return { succeeded, failed };
  }

  /** The lines of a job's report; undefined where it has none. */
  reportLines(jobId: string): string[] | undefined {
    const manifest = this.manifestOf(jobId);
    if (manifest === undefined) return undefined;
    const { Results } = JSON.parse(manifest) as { Results: { Key: string }[] };
    return Results.flatMap(({ Key }) => (this.report.get(Key) ?? '').split('\r\n').slice(0, -1));
  }
}
