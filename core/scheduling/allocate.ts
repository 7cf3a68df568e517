/** A job that wants workers. */
export interface Contender {
  readonly jobId: string;
  /** The higher, the earlier served. */
  readonly priority: number;
  /** Workers it can use: its unfinished shards, or its own bound. */
  readonly demand: number;
  /** Whether it has workers: among equals it keeps its place. */
  readonly served?: boolean;
}

/**
 * Gives the capacity to the highest priority first; equal priorities share evenly, what one cannot use going to the
 * others; no job gets more than it can use. Jobs that get nothing are left out. What cannot be shared evenly goes to the
 * first by job id, so that the same jobs always get the same answer.
 *
 * @param mostJobs at most so many jobs get any.
 */
export function allocate(
  contenders: readonly Contender[],
  capacity: number,
  mostJobs = Number.POSITIVE_INFINITY,
): Map<string, number> {
  const shares = new Map<string, number>();
  let left = Math.max(0, Math.floor(capacity));
  for (const equals of byPriority(foremost(contenders, mostJobs))) {
    left -= share(equals, left, shares);
    if (left <= 0) break;
  }
  return shares;
}

/** The jobs that come first: by priority, among equals those that are served, then by job id. */
function foremost(contenders: readonly Contender[], most: number): readonly Contender[] {
  const wanting = contenders.filter(({ demand }) => demand >= 1);
  if (wanting.length <= most) return wanting;
  const order = (a: Contender, b: Contender): number =>
    b.priority - a.priority || Number(b.served ?? false) - Number(a.served ?? false) || (a.jobId < b.jobId ? -1 : 1);
  return [...wanting].sort(order).slice(0, most);
}

function byPriority(contenders: readonly Contender[]): Contender[][] {
  const groups = new Map<number, Contender[]>();
  for (const contender of contenders) {
    if (contender.demand < 1) continue;
    const group = groups.get(contender.priority);
    if (group === undefined) groups.set(contender.priority, [contender]);
    else group.push(contender);
  }
  return [...groups].sort(([a], [b]) => b - a).map(([, group]) => group);
}

/** Fills the smallest demands first: each gets its even part of what is left, or less if it wants less. */
function share(equals: readonly Contender[], capacity: number, shares: Map<string, number>): number {
  const order = [...equals].sort((a, b) => a.demand - b.demand || (a.jobId < b.jobId ? -1 : 1));
  let left = capacity;
  for (const [index, { jobId, demand }] of order.entries()) {
    const part = Math.min(Math.floor(demand), Math.ceil(left / (order.length - index)));
    if (part > 0) shares.set(jobId, part);
    left -= part;
  }
  return capacity - left;
}
