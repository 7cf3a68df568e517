import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import type { Rule } from './rule.ts';
import { parseSchedule } from './schedule.ts';

/** When a rule fired last, or was first seen. Of another expression it would say nothing. */
interface Firing {
  readonly expression: string;
  /** Milliseconds since 1970. */
  readonly last: number;
}

/** Longest time that Node's timers can wait (ms). */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Fires the rules that have a schedule. What came due while the local cloud did not run is made up for by one firing,
 * at once.
 */
export class RuleClock {
  private readonly firings = new Map<string, Firing>();
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private ticking: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly rules: () => readonly Rule[],
    private readonly fire: (rule: Rule, time: Date) => Promise<void>,
  ) {}

  /**
   * Reads when rules fired last. Nothing fires before `start`.
   *
   * @param fire Returned once the event cannot be lost any more. Never rejects.
   */
  static async open(
    folder: string,
    rules: () => readonly Rule[],
    fire: (rule: Rule, time: Date) => Promise<void>,
  ): Promise<RuleClock> {
    await mkdir(folder, { recursive: true });
    const clock = new RuleClock(join(folder, 'firings.json'), rules, fire);
    const text = await readFile(clock.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    for (const [name, firing] of Object.entries(JSON.parse(text) as Record<string, Firing>)) {
      clock.firings.set(name, firing);
    }
    return clock;
  }

  start(): void {
    this.running = true;
    this.changed();
  }

  /** Looks at the rules anew. Called whenever they have changed. */
  changed(): void {
    if (!this.running) return;
    this.ticking = this.ticking
      .then(() => this.tick())
      .catch((error: unknown) => {
        console.error(`The schedules of the rules cannot be kept: ${String(error)}`);
      });
  }

  /** A rule of that name that is made later counts from then. */
  async forget(name: string): Promise<void> {
    if (this.firings.delete(name)) await this.write();
  }

  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    await this.ticking;
    clearTimeout(this.timer);
  }

  private async tick(): Promise<void> {
    clearTimeout(this.timer);
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const rule of this.rules()) {
      if (!this.running) return;
      const due = await this.look(rule, now);
      if (due !== undefined) next = Math.min(next, due);
    }
    if (next === Number.POSITIVE_INFINITY || !this.running) return;
    const wait = Math.min(LONGEST_TIMER, Math.max(1, next - Date.now()));
    this.timer = setTimeout(() => this.changed(), wait);
    this.timer.unref();
  }

  /** Fires the rule if it is due. Answers when it is due next. */
  private async look(rule: Rule, now: number): Promise<number | undefined> {
    const { Name, ScheduleExpression: expression, State } = rule;
    if (expression === undefined) return undefined;
    const known = this.firings.get(Name);
    const last = known?.expression === expression ? known.last : undefined;
    const schedule = parseSchedule(expression);
    const due = last === undefined ? undefined : schedule.after(last);
    if (State === 'DISABLED' || last === undefined) {
      // A rule counts from when it was made or enabled.
      await this.note(Name, { expression, last: now }, last === undefined);
      return State === 'DISABLED' ? undefined : schedule.after(now);
    }
    if (due === undefined || due > now) return due;
    await this.fire(rule, new Date(now));
    await this.note(Name, { expression, last: now }, true);
    return schedule.after(now);
  }

  private async note(name: string, firing: Firing, keep: boolean): Promise<void> {
    this.firings.set(name, firing);
    if (keep) await this.write();
  }

  private write(): Promise<void> {
    return writeFileAtomically(this.file, JSON.stringify(Object.fromEntries(this.firings)));
  }
}
