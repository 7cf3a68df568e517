import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const ACCOUNT = '000000000000';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/drover/test`;

const LAUNCHER = resolve('bin/drover.js');

/** The first start builds the bundles and synthesizes the stack. */
const START_MILLISECONDS = 120_000;

/** A local cloud as users run it: a process of its own, on a folder of its own, that can be killed and started again. */
export class LocalCloud {
  private process: ChildProcess | undefined;
  endpoint = '';
  private port = 0;

  private constructor(
    readonly folder: string,
    private readonly flags: readonly string[],
    private settings: Readonly<Record<string, string>>,
  ) {}

  static async start(...flags: string[]): Promise<LocalCloud> {
    return await LocalCloud.startWith({}, ...flags);
  }

  /** With settings of the app, as an operator gives them: DROVER_MAX_CONCURRENT_WORKERS. */
  static async startWith(settings: Readonly<Record<string, string>>, ...flags: string[]): Promise<LocalCloud> {
    const cloud = new LocalCloud(await mkdtemp(join(tmpdir(), 'drover-e2e-')), flags, settings);
    try {
      await cloud.start();
      return cloud;
    } catch (error) {
      await cloud.remove();
      throw error;
    }
  }

  /** Starts it, the first time at any free port, later at the same; with other settings, if there are any. */
  async start(settings = this.settings): Promise<void> {
    this.settings = settings;
    const flags = ['start', '--port', String(this.port), '--data', this.folder, '--json', ...this.flags];
    const child = spawn(process.execPath, [LAUNCHER, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...ownEnvironment(), ...this.settings },
    });
    this.process = child;
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const line = await within(
      START_MILLISECONDS,
      firstLine(child),
      () => `the local cloud did not start: ${said.join('')}`,
    );
    if (line === undefined) throw new Error(`the local cloud ended: ${said.join('')}`);
    this.endpoint = (JSON.parse(line) as { Endpoint: string }).Endpoint;
    this.port = Number(new URL(this.endpoint).port);
  }

  /** SIGKILL, as when the machine is switched off; its functions go with it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ctrl-C; answers the exit code. */
  async interrupt(): Promise<number | null> {
    return await this.end('SIGINT');
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  /** Environment of a client: where the cloud is, and credentials that are as good as any. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.process;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    child.kill(signal);
    return await ended;
  }
}

/** Nothing of the developer's own AWS settings; credentials for another S3, as good as any. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|DROVER)_/.test(name));
  return { ...Object.fromEntries(inherited), AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) return line;
  return undefined;
}

async function within<Result>(milliseconds: number, work: Promise<Result>, message: () => string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message())), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
