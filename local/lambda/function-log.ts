import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The log file of one function. It begins anew when it has grown to its limit; the one before is kept as `.1`. */
export class FunctionLog {
  private pending: string[] = [];
  private writing: Promise<void> | undefined;
  private size: number | undefined;

  constructor(
    private readonly file: string,
    private readonly limit: number,
  ) {}

  /** Never waits and never fails: a log must not hold up what it describes. */
  write(text: string): void {
    this.pending.push(text);
    this.writing ??= this.drain().finally(() => {
      this.writing = undefined;
    });
  }

  /** Resolved when all that was written is in the file. */
  async flush(): Promise<void> {
    while (this.writing !== undefined) await this.writing;
  }

  private async drain(): Promise<void> {
    try {
      this.size ??= await stat(this.file).then(
        ({ size }) => size,
        () => 0,
      );
      while (this.pending.length > 0) {
        const text = this.pending.join('');
        this.pending = [];
        if (this.size > this.limit) {
          await rename(this.file, `${this.file}.1`);
          this.size = 0;
        }
        await appendFile(this.file, text);
        this.size += Buffer.byteLength(text);
      }
    } catch (error) {
      this.pending = [];
      console.error(`The function log ${this.file} cannot be written: ${String(error)}`);
    }
  }
}

/** The logs of all functions: `<folder>/<function>.log`. */
export class FunctionLogs {
  private readonly logs = new Map<string, FunctionLog>();

  private constructor(
    private readonly folder: string,
    private readonly limit: number,
  ) {}

  /** @param limit Bytes of one file. */
  static async open(folder: string, limit: number): Promise<FunctionLogs> {
    await mkdir(folder, { recursive: true });
    return new FunctionLogs(folder, limit);
  }

  of(functionName: string): FunctionLog {
    const known = this.logs.get(functionName);
    if (known !== undefined) return known;
    const log = new FunctionLog(join(this.folder, `${functionName}.log`), this.limit);
    this.logs.set(functionName, log);
    return log;
  }

  /** Resolved when all that was written is in the files. */
  async flush(): Promise<void> {
    await Promise.all([...this.logs.values()].map((log) => log.flush()));
  }
}
