import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/drover.js', import.meta.url));

/** A local cloud in a process of its own, and the command line that talks to it: what users run, and nothing else. */
export class Drover {
  private constructor(
    private readonly cloud: ChildProcess,
    readonly endpoint: string,
  ) {}

  /** Runs `drover start` on a free port and waits until it says that it listens. */
  static async start(dataFolder: string): Promise<Drover> {
    const argv = [LAUNCHER, 'start', '--port', '0', '--data', dataFolder, '--json'];
    const cloud = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: cloud.stdout });
    const ended = once(cloud, 'exit').then(() => Promise.reject(new Error('The local cloud did not start.')));
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    ended.catch(() => undefined);
    return new Drover(cloud, (JSON.parse(line) as { Endpoint: string }).Endpoint);
  }

  /** Runs a command and answers its output; fails with what it said if it does not end with exit code 0. */
  async run(...argv: string[]): Promise<string> {
    const child = spawn(process.execPath, [LAUNCHER, ...argv, '--endpoint', this.endpoint], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    if (code !== 0) throw new Error(`drover ${argv.join(' ')} ended with exit code ${String(code)}.`);
    return output;
  }

  /** Runs a command before the eyes of whoever watches; answers its exit code. */
  async show(...argv: string[]): Promise<number> {
    const child = spawn(process.execPath, [LAUNCHER, ...argv, '--endpoint', this.endpoint], { stdio: 'inherit' });
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  }

  /** Ends the local cloud as Ctrl-C would (and in a terminal already did). */
  async stop(): Promise<void> {
    if (this.cloud.exitCode !== null || this.cloud.signalCode !== null) return;
    const exit = once(this.cloud, 'exit');
    this.cloud.kill('SIGINT');
    await exit;
  }
}
