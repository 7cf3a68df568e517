import { MemoryJobStore } from '../support/memory-job-store.ts';
import { MemoryProgressStore } from '../support/memory-progress-store.ts';
import { MemoryWorkStore } from '../support/memory-work-store.ts';

/** All that a world keeps: it outlives every process. */
export class Stores {
  readonly jobs = new MemoryJobStore();
  readonly progress = new MemoryProgressStore();
  readonly work = new MemoryWorkStore();
  /** What is in the report bucket. */
  readonly report = new Map<string, string>();

  /** The text of a job's report's manifest.json, if it is out. */
  manifestOf(jobId: string): string | undefined {
    for (const [key, text] of this.report) {
      if (key.includes(jobId) && key.endsWith('/manifest.json')) return text;
    }
    return undefined;
  }

  /** The lines of a job's report; undefined where it has none. */
  reportLines(jobId: string): string[] | undefined {
    const manifest = this.manifestOf(jobId);
    if (manifest === undefined) return undefined;
    const { Results } = JSON.parse(manifest) as { Results: { Key: string }[] };
    return Results.flatMap(({ Key }) => (this.report.get(Key) ?? '').split('\r\n').slice(0, -1));
  }
}
