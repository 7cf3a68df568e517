import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WorkMetadata, WorkStore } from '../../core/stores/work-store.ts';

/** A WorkStore on disk: what lies in it takes no memory of the process that is measured. */
export class DiskWorkStore implements WorkStore {
  constructor(private readonly folder: string) {}

  async get(key: string): Promise<{ body: Buffer; metadata: WorkMetadata } | undefined> {
    const metadata = await this.#metadata(key);
    return metadata === undefined ? undefined : { body: await readFile(this.#file(key)), metadata };
  }

  async head(key: string): Promise<{ size: number; metadata: WorkMetadata } | undefined> {
    const metadata = await this.#metadata(key);
    return metadata === undefined ? undefined : { size: (await stat(this.#file(key))).size, metadata };
  }

  async put(key: string, body: Buffer | string, metadata: WorkMetadata = {}): Promise<void> {
    await mkdir(dirname(this.#file(key)), { recursive: true });
    await writeFile(this.#file(key), body);
    await writeFile(`${this.#file(key)}.metadata`, JSON.stringify(metadata));
  }

  /** Nobody else writes: one process is all there is. */
  async putIfAbsent(key: string, body: Buffer | string, metadata: WorkMetadata = {}): Promise<'written' | 'exists'> {
    if ((await this.#metadata(key)) !== undefined) return 'exists';
    await this.put(key, body, metadata);
    return 'written';
  }

  async deletePrefix(prefix: string): Promise<void> {
    await rm(this.#file(prefix), { recursive: true, force: true });
  }

  #file(key: string): string {
    return join(this.folder, key);
  }

  async #metadata(key: string): Promise<WorkMetadata | undefined> {
    const text = await readFile(`${this.#file(key)}.metadata`, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as WorkMetadata);
  }
}
