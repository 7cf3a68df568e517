import type { JobState } from '../../core/job/records.ts';
import { hasEnded } from '../../core/job/status.ts';
import type { Advance } from '../../core/stores/progress-store.ts';
import { type CheckName, Violation } from './checks.ts';
import type { Invocation } from './invocation.ts';
import type { Carried } from './operation.ts';
import type { SimulatedTime } from './simulated-time.ts';
import type { Stores } from './stores.ts';

/** The lifecycle as the User Guide has it (and Ready to Paused): not the engine's own table, which is under test. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  New: ['Preparing', 'Cancelling', 'Failing'],
  Preparing: ['Ready', 'Suspended', 'Cancelling', 'Failing'],
  Suspended: ['Ready', 'Cancelled', 'Failed'],
  Ready: ['Active', 'Paused', 'Cancelling', 'Failing'],
  Active: ['Completing', 'Pausing', 'Cancelling', 'Failing'],
  Pausing: ['Paused', 'Cancelling', 'Failing'],
  Paused: ['Active', 'Cancelling', 'Failing'],
  Completing: ['Complete', 'Failed'],
  Cancelling: ['Cancelled'],
  Failing: ['Failed'],
};

/** How long a worker may begin tasks after its last look at its job, in milliseconds (DESIGN.md: looked at every three seconds). */
const LOOK_GOOD_FOR = 3_000;

/** Functions that act for an execution, and may do so in its epoch only. */
const OF_EXECUTIONS: ReadonlySet<string> = new Set([
  'prepare',
  'run',
  'report',
  'prepare-chunk',
  'worker',
  'report-range',
]);

/** What is asked of a store's method. */
export interface Asked {
  readonly by: Invocation;
  readonly call: string;
  readonly args: readonly unknown[];
}

/** Looks on at every side effect, just before and just after it is carried out, and at every task that begins. */
export class Watch {
  violation: Violation | undefined;
  private readonly filesWrittenAt = new Map<string, number>();

  constructor(
    private readonly stores: Stores,
    private readonly time: SimulatedTime,
    private readonly start: number,
    private readonly capacity: () => number,
  ) {}

  /** The first violation counts: what comes of it is no news. */
  violated(check: CheckName, what: string): void {
    this.violation ??= new Violation(check, this.time.now() - this.start, what);
  }

  /** Answers what looks on after the call. */
  before(asked: Asked): (result: unknown) => void {
    const { by, call, args } = asked;
    switch (call) {
      case 'jobs.updateState':
        return this.stateWritten(by, args[0] as JobState);
      case 'jobs.raiseTotals':
        return this.totalsWritten(String(args[0]));
      case 'jobs.putSchedule':
        return () => this.scheduleWritten();
      case 'progress.advance':
        return this.advanced(by, String(args[0]), args[1] as Advance);
      case 'progress.seal':
        return this.sealed(by, String(args[0]), Number(args[1]));
      case 'work.put':
      case 'work.putIfAbsent':
        return this.fileWritten(String(args[0]));
      case 'report.put':
        return this.reportWritten(by, String(args[0]), String(args[1]));
      default:
        return () => undefined;
    }
  }

  taskBegan(jobId: string, { by, taskId, key }: Carried): void {
    const look = by.lastLook;
    if (look === undefined || !look.wanted || this.time.now() - look.at > LOOK_GOOD_FOR) {
      const saw = look === undefined ? 'never looked' : `looked ${this.time.now() - look.at} ms ago: ${look.wanted}`;
      this.violated('nothing-new-unwanted', `${by.id} began task ${taskId} (${key}) of ${jobId}, and ${saw}`);
    }
  }

  private stateWritten(by: Invocation, next: JobState): (result: unknown) => void {
    const before = this.stores.jobs.states.get(next.jobId);
    return () => {
      const after = this.stores.jobs.states.get(next.jobId);
      if (before === undefined || after === undefined || after === before) return;
      const from = `${before.status} (version ${before.version}, epoch ${before.epoch})`;
      const what = `${by.id} took ${next.jobId} from ${from} to ${after.status} (${after.version}, ${after.epoch})`;
      const moved = before.status !== after.status;
      if (moved && ARROWS[before.status]?.includes(after.status) !== true) this.violated('arrows-only', what);
      if (after.version !== before.version + 1) this.violated('arrows-only', what);
      if (after.epoch !== before.epoch && after.epoch !== before.epoch + 1) this.violated('arrows-only', what);
      if (OF_EXECUTIONS.has(by.name) && moved && by.of?.epoch !== before.epoch) {
        this.violated('newest-epoch-only', `${what}, and is of epoch ${by.of?.epoch}`);
      }
      if (moved && after.status === 'Complete') this.reportMustBeOut(after);
    };
  }

  private reportMustBeOut({ jobId }: JobState): void {
    if (this.stores.manifestOf(jobId) !== undefined) return;
    // A report of failed tasks only has a manifest too, whatever failed; one of no task at all has none.
    this.violated('report-before-end', `${jobId} is Complete, and its report has no manifest.json`);
  }

  private totalsWritten(jobId: string): (result: unknown) => void {
    const before = this.stores.jobs.totals.get(jobId);
    return () => {
      const after = this.stores.jobs.totals.get(jobId);
      if (before === undefined || after === undefined || after === before) return;
      if (after.succeeded >= before.succeeded && after.failed >= before.failed) return;
      this.violated(
        'counts-grow',
        `${jobId}: ${before.succeeded}+${before.failed}, then ${after.succeeded}+${after.failed}`,
      );
    };
  }

  private scheduleWritten(): void {
    const { shares } = this.stores.jobs.schedule;
    const workers = Object.values(shares).reduce((sum, share) => sum + share.workers, 0);
    if (workers > this.capacity()) {
      this.violated(
        'shares-fit',
        `shares of ${workers} workers, room for ${this.capacity()}: ${JSON.stringify(shares)}`,
      );
    }
  }

  private advanced(by: Invocation, jobId: string, advance: Advance): (result: unknown) => void {
    const { shard, from, to, succeeded, failed } = advance;
    return (outcome) => {
      if (outcome !== 'advanced') return;
      const what = `${by.id} counted ${succeeded}+${failed} tasks ${from}..${to} of shard ${shard} of ${jobId}`;
      const file = this.stores.work.objects.get(`jobs/${jobId}/results/${shard}/${from}.csv`);
      const said = file?.metadata;
      if (said === undefined) return this.violated('file-before-count', `${what}: there is no results file`);
      if (said['end'] !== String(to) || said['succeeded'] !== String(succeeded) || said['failed'] !== String(failed)) {
        this.violated('file-before-count', `${what}: the file says ${JSON.stringify(said)}`);
      }
      const status = this.stores.jobs.states.get(jobId)?.status;
      if (status !== undefined && hasEnded(status)) this.violated('fixed-when-ended', `${what}, which is ${status}`);
    };
  }

  private sealed(by: Invocation, jobId: string, number: number): (result: unknown) => void {
    const wasSealed = this.stores.progress.blocks.get(jobId)?.get(number)?.sealed;
    return () => {
      const block = this.stores.progress.blocks.get(jobId)?.get(number);
      if (block === undefined || wasSealed === true) return;
      for (const [shard, { at }] of block.parts) {
        const written = this.filesWrittenAt.get(`jobs/${jobId}/results/${shard}/${at}.csv`);
        if (written === undefined || written >= by.began) continue;
        this.violated(
          'settled-before-sealed',
          `${by.id} sealed shard ${shard} of ${jobId} at ${at}, whose results were there`,
        );
      }
    };
  }

  private fileWritten(key: string): (result: unknown) => void {
    if (!key.includes('/results/')) return () => undefined;
    const before = this.stores.work.objects.get(key);
    return () => {
      const after = this.stores.work.objects.get(key);
      if (before === undefined) this.filesWrittenAt.set(key, this.time.now());
      else if (after !== before) this.violated('files-stay', `${key} was written again`);
    };
  }

  private reportWritten(by: Invocation, key: string, text: string): (result: unknown) => void {
    const before = this.stores.report.get(key);
    return () => {
      const ended = [...this.stores.jobs.states.values()].find(
        ({ jobId, status }) => key.includes(jobId) && hasEnded(status),
      );
      // A second run writes the same bytes.
      if (ended === undefined || before === text) return;
      this.violated('fixed-when-ended', `${by.id} wrote ${key} anew, whose job is ${ended.status}`);
    };
  }
}
