import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A line is answered within so many milliseconds, or the bench fails: it must stop by itself. */
const ANSWER_MILLISECONDS = 180_000;

/** What was asked to end may take so long. */
const END_MILLISECONDS = 5_000;

const running = new Set<() => void>();

/**
 * Has something ended with this process, however that ends.
 * @returns what takes it off again.
 */
export function endWithProcess(end: () => void): () => void {
  running.add(end);
  return () => running.delete(end);
}

process.once('exit', () => {
  for (const end of running) end();
});
for (const [signal, number] of [['SIGINT', 2] as const, ['SIGTERM', 15] as const, ['SIGHUP', 1] as const]) {
  process.once(signal, () => process.exit(128 + number));
}

/** A process that answers each line of JSON on its standard input by one on its standard output, and ends with the former. */
export class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #forget: () => void;

  constructor(
    private readonly name: string,
    command: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ) {
    this.#process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    // A child that died shows in what it does not answer.
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('error', () => undefined);
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#forget = endWithProcess(() => this.#process.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async ask<Answer>(question: unknown): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    return await this.listen<Answer>();
  }

  /** The next line that it says. */
  async listen<Answer>(): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.name} does not answer`)), ANSWER_MILLISECONDS);
    });
    try {
      const { value, done } = await Promise.race([this.#lines.next(), late]);
      if (done === true) throw new Error(`${this.name} ended before it answered; see above what it says`);
      return JSON.parse(value) as Answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it: by its standard input, so that it writes what it may have to, and then for good. */
  async end(): Promise<void> {
    this.#reader.close();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.stdin.end();
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_MILLISECONDS);
      await ended;
      clearTimeout(timer);
    }
    this.#forget();
  }
}
