import type { WorkStore } from '../stores/work-store.ts';
import { planKey, shardFileKey } from './work-keys.ts';

/**
 * What Prepare found: the chunks of the manifest in its order, each with the attempt that won it and the number of
 * tasks in each of its shards. Shards are numbered through the job from 0. Written once.
 */
export interface Plan {
  readonly tasks: number;
  readonly shards: number;
  /** Lines of the manifest that its filter left out. */
  readonly filtered: number;
  readonly chunks: readonly { readonly attempt: string; readonly tasks: readonly number[] }[];
}

/** One shard of the plan. */
export interface PlannedShard {
  readonly shard: number;
  readonly file: string;
  readonly tasks: number;
}

/** The shards of a plan, in order. */
export function* shardsOf(jobId: string, plan: Plan): Generator<PlannedShard> {
  let shard = 0;
  for (const [chunk, { attempt, tasks }] of plan.chunks.entries()) {
    for (const [index, count] of tasks.entries()) {
      yield { shard, file: shardFileKey(jobId, chunk, attempt, index), tasks: count };
      shard += 1;
    }
  }
}

/**
 * The chunks' numbers in the manifest's order: what a chunk left to others comes right after it, though their numbers
 * are later.
 * @param surveyed how many of the chunks nobody left.
 * @param left by each chunk, how many.
 */
export function chunksInOrder(surveyed: number, left: readonly number[]): number[] {
  const firstLeft: number[] = [];
  left.reduce((next, count) => {
    firstLeft.push(next);
    return next + count;
  }, surveyed);
  const order: number[] = [];
  const waiting = Array.from({ length: surveyed }, (_, chunk) => surveyed - 1 - chunk);
  for (let chunk = waiting.pop(); chunk !== undefined; chunk = waiting.pop()) {
    order.push(chunk);
    for (let child = (left[chunk] ?? 0) - 1; child >= 0; child -= 1) waiting.push((firstLeft[chunk] ?? 0) + child);
  }
  return order;
}

/**
 * The plan with so many of its tasks, in the manifest's order: whole shards, and of the last one its first tasks, whose
 * file has more lines. All others are filtered out.
 * @param order of the chunks in the manifest; that of their numbers where left out.
 */
export function firstTasks(plan: Plan, most = Number.POSITIVE_INFINITY, order?: readonly number[]): Plan {
  if (plan.tasks <= most) return plan;
  let left = most;
  const take = (count: number): number => {
    const taken = Math.min(count, left);
    left -= taken;
    return taken;
  };
  const chunks = [...plan.chunks];
  for (const chunk of order ?? plan.chunks.keys()) {
    const { attempt, tasks } = plan.chunks[chunk] ?? { attempt: '', tasks: [] };
    chunks[chunk] = { attempt, tasks: tasks.map(take).filter((count) => count > 0) };
  }
  const shards = chunks.reduce((sum, { tasks }) => sum + tasks.length, 0);
  return { tasks: most, shards, filtered: plan.filtered + plan.tasks - most, chunks };
}

export async function readPlan(work: WorkStore, jobId: string): Promise<Plan | undefined> {
  const found = await work.get(planKey(jobId));
  return found === undefined ? undefined : (JSON.parse(found.body.toString('utf8')) as Plan);
}

/** Writes the plan, unless there is one; answers the one that counts. */
export async function writePlan(work: WorkStore, jobId: string, plan: Plan): Promise<Plan> {
  if ((await work.putIfAbsent(planKey(jobId), JSON.stringify(plan))) === 'written') return plan;
  const written = await readPlan(work, jobId);
  if (written === undefined) throw new Error(`the plan of job ${jobId} is there and cannot be read`);
  return written;
}
