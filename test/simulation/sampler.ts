import type { JobState } from '../../core/job/records.ts';
import type { World } from './world.ts';

/** How often the world is looked at, in milliseconds. */
const EVERY = 2_500;

/** Within so long a higher priority takes what a lower one has (seconds, says the design: a pause takes four). */
const TAKES_OVER_WITHIN = 15_000;

/** Within so long DescribeJob shows what was counted; of a paused job the sweeper's next call may be the one to see to it. */
const SHOWN_WITHIN = { running: 10_000, paused: 75_000 } as const;

const CONTENDING: ReadonlySet<string> = new Set(['Ready', 'Active', 'Pausing', 'Paused']);

/** Looks at a world in fair weather every few seconds, for what may be wrong for a moment and must not last. */
export class Sampler {
  /** Since when each job has waited while one of lower priority had workers. */
  private readonly passedOver = new Map<string, number>();
  /** What was counted of each job, and when. */
  private readonly counted = new Map<string, { readonly at: number; readonly tasks: number }[]>();

  constructor(private readonly world: World) {}

  begin(): void {
    if (!this.world.scenario.fair) return;
    this.world.time.after(EVERY, () => {
      for (const state of this.world.stores.jobs.states.values()) {
        this.lookAtPriority(state);
        this.lookAtCounts(state);
      }
      this.begin();
    });
  }

  private lookAtPriority(waiting: JobState): void {
    const { jobs } = this.world.stores;
    const { shares } = jobs.schedule;
    const lower = [...jobs.states.values()].find(
      ({ jobId, priority, status }) =>
        shares[jobId] !== undefined && CONTENDING.has(status) && priority < waiting.priority,
    );
    const waits = CONTENDING.has(waiting.status) && waiting.held === undefined && shares[waiting.jobId] === undefined;
    if (!waits || lower === undefined) {
      this.passedOver.delete(waiting.jobId);
      return;
    }
    const since = this.passedOver.get(waiting.jobId) ?? this.world.passed;
    this.passedOver.set(waiting.jobId, since);
    if (this.world.passed - since <= TAKES_OVER_WITHIN) return;
    const what = `${waiting.jobId} (priority ${waiting.priority}) has waited for ${this.world.passed - since} ms`;
    this.world.watch.violated('priority-first', `${what}, while ${lower.jobId} (${lower.priority}) had workers`);
  }

  private lookAtCounts({ jobId, status }: JobState): void {
    const { progress, jobs } = this.world.stores;
    const blocks = [...(progress.blocks.get(jobId)?.values() ?? [])];
    const tasks = blocks.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0);
    const within = status === 'Pausing' || status === 'Paused' ? SHOWN_WITHIN.paused : SHOWN_WITHIN.running;
    const history = this.counted.get(jobId) ?? [];
    this.counted.set(jobId, history);
    history.push({ at: this.world.passed, tasks });
    while ((history[1]?.at ?? Number.POSITIVE_INFINITY) <= this.world.passed - SHOWN_WITHIN.paused) history.shift();
    const then = history.findLast(({ at }) => at <= this.world.passed - within);
    const { succeeded, failed } = jobs.totals.get(jobId) ?? { succeeded: 0, failed: 0 };
    if (then === undefined || then.tasks <= succeeded + failed) return;
    const ago = this.world.passed - then.at;
    const what = `${jobId} shows ${succeeded + failed} tasks, and ${then.tasks} were counted ${ago} ms ago`;
    this.world.watch.violated('counts-are-fresh', what);
  }
}
