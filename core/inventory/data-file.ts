import { createHash } from 'node:crypto';
import type { ListedObject } from '../listing/list-page.ts';
import type { ReportObject } from '../stores/report-destination.ts';
import type { InventoryFile } from './report-layout.ts';

/** One data file of a report, as it is written. */
export interface DataFile {
  /** Bytes that have gone out so far, packed. */
  readonly size: number;
  add(objects: readonly ListedObject[]): Promise<void>;
  /** Ends the file; resolves when it is there. */
  close(): Promise<InventoryFile>;
  /** Takes back what was begun. Never rejects. */
  abort(): Promise<void>;
}

/** An object that is counted and digested while it is written. */
export class DigestedObject {
  private readonly md5 = createHash('md5');
  size = 0;

  constructor(
    private readonly key: string,
    private readonly object: ReportObject,
  ) {}

  async write(bytes: Buffer): Promise<void> {
    this.md5.update(bytes);
    this.size += bytes.length;
    await this.object.write(bytes);
  }

  async close(): Promise<InventoryFile> {
    await this.object.close();
    return { key: this.key, size: this.size, md5: this.md5.digest('hex') };
  }

  async abort(): Promise<void> {
    await this.object.abort();
  }
}
