import { once } from 'node:events';
import { createGzip, type Gzip } from 'node:zlib';
import type { ListedObject } from '../listing/list-page.ts';
import type { DataFile, DigestedObject } from './data-file.ts';
import type { InventoryColumn } from './fields.ts';
import type { InventoryFile } from './report-layout.ts';
import { COLUMN_TEXTS } from './row-values.ts';

/** Lines of an inventory: every field quoted, no heading. */
export function csvLines(
  bucket: string,
  columns: readonly InventoryColumn[],
): (objects: readonly ListedObject[]) => string {
  const fields = columns.map((column) => (column === 'Bucket' ? () => bucket : COLUMN_TEXTS[column]));
  const quoted = (text: string): string => (text.includes('"') ? text.replaceAll('"', '""') : text);
  return (objects) => {
    let lines = '';
    for (const object of objects) {
      let separator = '"';
      for (const field of fields) {
        lines += separator + quoted(field(object));
        separator = '","';
      }
      lines += '"\n';
    }
    return lines;
  };
}

/** A data file in CSV, packed as it is written. */
export class CsvFile implements DataFile {
  private readonly gzip: Gzip = createGzip();
  private readonly sent: Promise<void>;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly object: DigestedObject,
    private readonly lines: (objects: readonly ListedObject[]) => string,
  ) {
    this.sent = this.send().catch((error: unknown) => {
      this.failure = { error };
      this.gzip.destroy();
    });
  }

  get size(): number {
    return this.object.size;
  }

  async add(objects: readonly ListedObject[]): Promise<void> {
    this.check();
    if (this.gzip.write(this.lines(objects))) return;
    await Promise.race([once(this.gzip, 'drain'), this.sent]);
    this.check();
  }

  async close(): Promise<InventoryFile> {
    this.gzip.end();
    await this.sent;
    this.check();
    return await this.object.close();
  }

  async abort(): Promise<void> {
    this.failure ??= { error: new Error('The file was given up.') };
    this.gzip.destroy();
    await this.sent;
    await this.object.abort();
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private async send(): Promise<void> {
    for await (const packed of this.gzip) await this.object.write(packed as Buffer);
  }
}
