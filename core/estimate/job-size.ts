import { CHUNK_BYTES } from '../manifest/formats/csv.ts';
import { SHARDS_PER_BLOCK } from '../stores/progress-store.ts';

/** Bytes of a manifest's line where nothing tells: a bucket, and a key of some seventy characters. */
export const LINE_BYTES = 100;

/** What a job is cut into. */
export interface JobSize {
  readonly tasks: number;
  /** What one function call reads of the manifest. */
  readonly chunks: number;
  readonly shards: number;
  readonly blocks: number;
}

/** @param shards where the job has been prepared, and knows. */
export function jobSize(tasks: number, tasksPerShard: number, shards?: number): JobSize {
  const chunks = Math.max(1, Math.ceil((tasks * LINE_BYTES) / CHUNK_BYTES));
  const cut = shards ?? Math.max(chunks, Math.ceil(tasks / tasksPerShard));
  return { tasks, chunks, shards: cut, blocks: Math.ceil(cut / SHARDS_PER_BLOCK) };
}
