import { readdir, readFile } from 'node:fs/promises';

/** The peak memory of a process, as the kernel keeps it. */
export interface ProcessPeak {
  readonly pid: number;
  /** What it runs, shortened. */
  readonly command: string;
  /** Highest resident set so far, in MiB (VmHWM, proc(5)). */
  readonly mebibytes: number;
}

const SAMPLE_MILLISECONDS = 500;

/** Watches a process and everything it started, until stopped; needs Linux's /proc. */
export class MemoryWatch {
  private readonly peaks = new Map<number, ProcessPeak>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly root: number) {
    this.timer = setInterval(() => void this.sample(), SAMPLE_MILLISECONDS);
  }

  /** The peaks of all processes seen, the highest first. */
  async stop(): Promise<ProcessPeak[]> {
    clearInterval(this.timer);
    await this.sample();
    return [...this.peaks.values()].sort((a, b) => b.mebibytes - a.mebibytes);
  }

  private async sample(): Promise<void> {
    for (const pid of await familyOf(this.root)) {
      const status = await readOrEmpty(`/proc/${pid}/status`);
      const kibibytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
      const command = (await readOrEmpty(`/proc/${pid}/cmdline`)).split('\0').join(' ').trim();
      if (kibibytes > 0)
        this.peaks.set(pid, { pid, command: shorten(command), mebibytes: Math.round(kibibytes / 1024) });
    }
  }
}

/** A process and its descendants. */
async function familyOf(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readOrEmpty(`/proc/${name}/stat`);
    // The command's name, in brackets, may hold anything; the parent is the second field after it.
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const family = [root];
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  }
  return family;
}

async function readOrEmpty(file: string): Promise<string> {
  // A process that ended between two looks has no file any more.
  return await readFile(file, 'utf8').catch(() => '');
}

function shorten(command: string): string {
  const words = command.split(' ').map((word) => word.split('/').at(-1) ?? word);
  return words.join(' ').slice(0, 60);
}
