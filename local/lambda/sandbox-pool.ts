import type { FunctionRecord } from './function-record.ts';
import type { LambdaLimits } from './limits.ts';
import { stoppedService } from './refusal.ts';
import { sandboxCommand } from './runtime.ts';
import { Sandbox } from './sandbox.ts';
import { type SandboxSurroundings, sandboxEnvironment } from './sandbox-environment.ts';

interface IdleSandbox {
  readonly sandbox: Sandbox;
  readonly record: FunctionRecord;
  readonly timer: NodeJS.Timeout;
}

/** Keeps the sandboxes that have done their work warm for the next invocation, and ends those nobody needs. */
export class SandboxPool {
  /** Longest unused first. */
  private readonly idle = new Set<IdleSandbox>();
  private readonly all = new Set<Sandbox>();
  private stopped = false;

  constructor(
    private readonly limits: Pick<LambdaLimits, 'sandboxes' | 'idleMilliseconds'>,
    private readonly surroundings: () => SandboxSurroundings,
  ) {}

  /** A warm sandbox of this revision of the function, the one used last; or undefined. */
  takeWarm({ name, revision }: FunctionRecord): Sandbox | undefined {
    let warm: Sandbox | undefined;
    for (const candidate of [...this.idle].reverse()) {
      if (candidate.record.name !== name) continue;
      if (candidate.record.revision === revision && candidate.sandbox.alive) {
        this.unlist(candidate);
        warm = candidate.sandbox;
        break;
      }
      this.evict(candidate);
    }
    return warm;
  }

  /**
   * Starts a new sandbox, still without its code loaded.
   *
   * @throws LambdaRefusal when the machine cannot run the function's runtime, or the pool has been stopped.
   */
  start(record: FunctionRecord): Sandbox {
    if (this.stopped) throw stoppedService();
    const living = [...this.all].filter(({ alive }) => alive).length;
    const tooMany = Math.max(0, living + 1 - this.limits.sandboxes);
    for (const longestUnused of [...this.idle].slice(0, tooMany)) this.evict(longestUnused);
    const environment = sandboxEnvironment(record, this.surroundings());
    const sandbox = new Sandbox(sandboxCommand(record), environment, record.codeFolder);
    this.all.add(sandbox);
    void sandbox.exited.then(() => this.all.delete(sandbox));
    return sandbox;
  }

  /** Takes a sandbox back whose invocation has ended, however it did. */
  giveBack(sandbox: Sandbox, record: FunctionRecord): void {
    if (!sandbox.alive) return;
    const timer = setTimeout(() => this.evict(entry), this.limits.idleMilliseconds);
    timer.unref();
    const entry = { sandbox, record, timer };
    this.idle.add(entry);
    void sandbox.exited.then(() => this.unlist(entry));
  }

  /** Ends every sandbox, waits until they are gone and starts no other: what is asked for now would outlive the cloud. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const entry of [...this.idle]) this.unlist(entry);
    const ending = [...this.all];
    for (const sandbox of ending) sandbox.end();
    await Promise.all(ending.map((sandbox) => sandbox.exited));
  }

  private evict(entry: IdleSandbox): void {
    this.unlist(entry);
    entry.sandbox.end();
  }

  private unlist(entry: IdleSandbox): void {
    clearTimeout(entry.timer);
    this.idle.delete(entry);
  }
}
