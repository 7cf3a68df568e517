import type { Context } from 'aws-lambda';
import { parseShard } from '../../core/engine/shard-input.ts';
import { runShard } from '../../core/engine/worker.ts';
import { engineDependencies } from '../runtime/engine.ts';
import { jobOpener } from '../runtime/job-access.ts';
import { parseItem } from '../runtime/turn-events.ts';

/** Before the function's time limit: abort what is still in flight, so that what has ended is counted. */
const ABORT_BEFORE = 10_000;

/** A shard, for a child of RunJob's Map. */
export async function handler(event: unknown, context: Context): Promise<void> {
  const engine = engineDependencies();
  const remaining = context.getRemainingTimeInMillis();
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), Math.max(0, remaining - ABORT_BEFORE));
  const shard = parseShard(parseItem(event), Date.now() + remaining - ABORT_BEFORE);
  try {
    const invocation = context.awsRequestId.slice(0, 8);
    await runShard({ ...engine, invocation, openJob: jobOpener(engine, abort.signal) }, shard);
  } finally {
    clearTimeout(timer);
  }
}
