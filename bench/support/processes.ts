import { readdir, readFile } from 'node:fs/promises';

/** What a process has used so far, as the kernel keeps it (proc(5)). */
export interface ProcessUse {
  readonly pid: number;
  /** What it is: the function that it runs in a local cloud, else its command, shortened. */
  readonly name: string;
  /** Highest resident set (VmHWM). */
  readonly mebibytes: number;
  /** Seconds of CPU, user and system. */
  readonly cpuSeconds: number;
}

const SAMPLE_MILLISECONDS = 500;

/** Ticks a second of the kernel's CPU times: 100 on every Linux that Node runs on (USER_HZ). */
const TICKS = 100;

/** Watches a process and everything it started, until stopped; needs Linux's /proc. */
export class ProcessWatch {
  private readonly uses = new Map<number, ProcessUse>();
  private readonly names = new Map<number, string>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly root: number) {
    this.timer = setInterval(() => void this.sample(), SAMPLE_MILLISECONDS);
  }

  /** All processes seen so far, the ended ones as they were last seen, the largest first. */
  async look(): Promise<ProcessUse[]> {
    await this.sample();
    return [...this.uses.values()].sort((a, b) => b.mebibytes - a.mebibytes);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async sample(): Promise<void> {
    for (const pid of await familyOf(this.root)) {
      const status = await readOrEmpty(`/proc/${pid}/status`);
      const kibibytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
      if (kibibytes === 0) continue;
      const [user = 0, system = 0] = (await statOf(pid)).slice(11, 13).map(Number);
      const name = this.names.get(pid) ?? (await nameOf(pid));
      this.names.set(pid, name);
      const cpuSeconds = (user + system) / TICKS;
      this.uses.set(pid, { pid, name, mebibytes: Math.round(kibibytes / 1024), cpuSeconds });
    }
  }
}

/** A process and its descendants. */
async function familyOf(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number((await statOf(Number(name)))[1]));
  }
  const family = [root];
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  }
  return family;
}

/** The fields of /proc/<pid>/stat from the state on: the command's name before them, in brackets, may hold anything. */
async function statOf(pid: number): Promise<string[]> {
  const stat = await readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function nameOf(pid: number): Promise<string> {
  const environment = await readOrEmpty(`/proc/${pid}/environ`);
  const lambda = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]*)/.exec(environment)?.[1];
  return lambda ?? shorten((await readOrEmpty(`/proc/${pid}/cmdline`)).split('\0').join(' ').trim());
}

async function readOrEmpty(file: string): Promise<string> {
  // A process that ended between two looks has no file any more.
  return await readFile(file, 'utf8').catch(() => '');
}

function shorten(command: string): string {
  const words = command.split(' ').map((word) => word.split('/').at(-1) ?? word);
  return words.join(' ').slice(0, 60);
}
