import { createHash } from 'node:crypto';
import type { ReportDestination } from '../../../core/stores/report-destination.ts';

/** The destination of reports, in memory, which knows the order in which its objects came to be. */
export class MemoryDestination implements ReportDestination {
  readonly bucket = 'inventories';
  readonly objects = new Map<string, Buffer>();
  readonly aborted: string[] = [];
  /** Called before each write to an object that is begun; throws to fail it. */
  onWrite: (key: string) => void = () => undefined;

  create(key: string) {
    const written: Buffer[] = [];
    return {
      write: async (bytes: Buffer) => {
        this.onWrite(key);
        written.push(bytes);
      },
      close: async () => void this.objects.set(key, Buffer.concat(written)),
      abort: async () => void this.aborted.push(key),
    };
  }

  async put(key: string, body: string): Promise<string> {
    this.objects.set(key, Buffer.from(body));
    return `"${createHash('md5').update(body).digest('hex')}"`;
  }

  readonly exists = async (key: string): Promise<boolean> => this.objects.has(key);

  keys(ending: string): string[] {
    return [...this.objects.keys()].filter((key) => key.endsWith(ending));
  }

  text(key: string): string {
    return this.objects.get(key)?.toString('utf8') ?? '';
  }

  /** As a manifest's reader takes them, the manifest first. */
  files(manifestKey: string): Record<string, Buffer> {
    const others = [...this.objects].map(([key, bytes]) => [`${this.bucket}/${key}`, bytes] as const);
    const manifest = this.objects.get(manifestKey);
    if (manifest === undefined) throw new Error(`there is no ${manifestKey}`);
    return { [`${this.bucket}/${manifestKey}`]: manifest, ...Object.fromEntries(others) };
  }
}
