import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxCommand } from './runtime.ts';
import { encodeFrame, FrameReader, type InvokeFrame, type SandboxFrame } from './sandbox-protocol.ts';

/** How one invocation, or the loading of the code before the first, ended. */
export type SandboxOutcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result' | 'error'; readonly body: string; readonly memory: number }
  | { readonly kind: 'init-error'; readonly body: string }
  /** The process ended by itself; `reason` is Lambda's wording of it. */
  | { readonly kind: 'exit'; readonly reason: string }
  | { readonly kind: 'timeout' };

/** How long the last output of an invocation is waited for when the function has taken stdout away from us (ms). */
const OUTPUT_PATIENCE = 100;

const MARK = '\0end ';

/** One process of one function: starts loading its code at once, then handles one event at a time. */
export class Sandbox {
  /** Resolved when the process is gone. Never rejects. */
  readonly exited: Promise<void>;
  /** Where the output of the process goes now. Set for each invocation. */
  output: (text: string) => void = () => {};
  /** What the process signs its calls with. */
  readonly accessKeyId: string;
  private readonly child: ChildProcess;
  private readonly channel: Duplex;
  private settle: ((outcome: SandboxOutcome) => void) | undefined;
  private early: SandboxOutcome | undefined;
  private onMark: (() => void) | undefined;
  private dead = false;
  private heldBack = '';

  constructor(command: SandboxCommand, environment: Readonly<Record<string, string>>, folder: string) {
    this.accessKeyId = environment['AWS_ACCESS_KEY_ID'] ?? '';
    this.child = spawn(command.file, command.arguments, {
      cwd: folder,
      env: { ...environment },
      // A group of its own: Ctrl-C is for the local cloud, which ends its sandboxes itself.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    this.channel = this.child.stdio[3] as Duplex;
    const frames = new FrameReader((header, body) => this.receive(header, body));
    this.channel.on('data', (chunk: Buffer) => frames.push(chunk));
    this.channel.on('error', () => {});
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.print(text));
    this.exited = new Promise((resolve) => {
      // `close` comes after the last output; `error` instead of it when there was no process to begin with.
      this.child.on('close', (code, signal) => {
        this.die(exitReason(code, signal));
        resolve();
      });
      this.child.on('error', (error) => {
        this.die(`Runtime could not be started: ${error.message}`);
        if (this.child.pid === undefined) resolve();
      });
    });
  }

  /** False once the process has ended or is being ended. */
  get alive(): boolean {
    return !this.dead;
  }

  /** Waits until the code is loaded, at most `limit` milliseconds. Called once, before any `invoke`. */
  load(limit: number): Promise<SandboxOutcome> {
    return this.outcome(limit);
  }

  /** Hands over one event. The process is killed at the frame's deadline. */
  async invoke(frame: InvokeFrame, body: string): Promise<SandboxOutcome> {
    const printed = new Promise<void>((resolve) => {
      this.onMark = resolve;
    });
    const outcome = this.outcome(frame.deadline - Date.now());
    this.channel.write(encodeFrame(frame, body));
    const ended = await outcome;
    if (ended.kind === 'result' || ended.kind === 'error') await this.allPrinted(printed);
    return ended;
  }

  /** Kills the process, and what it started, at once. */
  end(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    this.dead = true;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // It has ended in this very moment.
    }
  }

  private async outcome(limit: number): Promise<SandboxOutcome> {
    if (this.early !== undefined) return this.early;
    const outcome = new Promise<SandboxOutcome>((resolve) => {
      this.settle = resolve;
    });
    const timer = setTimeout(() => {
      this.end();
      this.settle?.({ kind: 'timeout' });
    }, limit);
    return outcome.finally(() => {
      clearTimeout(timer);
      this.settle = undefined;
    });
  }

  private receive({ kind, memory, ending }: SandboxFrame, body: string): void {
    if (ending === true) this.dead = true;
    const outcome: SandboxOutcome =
      kind === 'ready' ? { kind } : kind === 'init-error' ? { kind, body } : { kind, body, memory: memory ?? 0 };
    if (this.settle !== undefined) this.settle(outcome);
    else if (kind === 'init-error') this.early = outcome;
  }

  private die(reason: string): void {
    this.dead = true;
    this.onMark?.();
    const outcome: SandboxOutcome = { kind: 'exit', reason };
    if (this.settle !== undefined) this.settle(outcome);
    else this.early ??= outcome;
  }

  private print(chunk: string): void {
    const text = this.heldBack + chunk;
    const at = text.indexOf('\0');
    const lineEnd = at < 0 ? -1 : text.indexOf('\n', at);
    // A mark may arrive in two pieces.
    this.heldBack = at >= 0 && lineEnd < 0 ? text.slice(at) : '';
    const plain = at < 0 ? text : text.slice(0, at);
    if (plain !== '') this.output(plain);
    if (lineEnd < 0) return;
    if (text.startsWith(MARK, at)) this.onMark?.();
    else this.output(text.slice(at, lineEnd + 1));
    if (lineEnd + 1 < text.length) this.print(text.slice(lineEnd + 1));
  }

  private async allPrinted(printed: Promise<void>): Promise<void> {
    const patience = new AbortController();
    const impatience = delay(OUTPUT_PATIENCE, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([printed, impatience]);
    patience.abort();
    this.onMark = undefined;
  }
}

/** Lambda's words for the end of a process that was not asked to end. */
function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNAL_WORDS[signal] ?? signal}`;
  // The shell in front of the runtime is replaced by it, so 128 + n can only be the function's own choice.
  return code === 0 || code === null
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`;
}

const SIGNAL_WORDS: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};
