import type { WorkMetadata, WorkStore } from '../../core/stores/work-store.ts';

/** A WorkStore in memory. */
export class MemoryWorkStore implements WorkStore {
  readonly objects = new Map<string, { body: Buffer; metadata: WorkMetadata }>();

  async get(key: string): Promise<{ body: Buffer; metadata: WorkMetadata } | undefined> {
    return this.objects.get(key);
  }

  async head(key: string): Promise<{ size: number; metadata: WorkMetadata } | undefined> {
    const found = this.objects.get(key);
    return found === undefined ? undefined : { size: found.body.length, metadata: found.metadata };
  }

  async put(key: string, body: Buffer | string, metadata: WorkMetadata = {}): Promise<void> {
    this.objects.set(key, { body: Buffer.from(body), metadata: { ...metadata } });
  }

  async putIfAbsent(key: string, body: Buffer | string, metadata: WorkMetadata = {}): Promise<'written' | 'exists'> {
    if (this.objects.has(key)) return 'exists';
    await this.put(key, body, metadata);
    return 'written';
  }

  async deletePrefix(prefix: string): Promise<void> {
    for (const key of this.objects.keys()) if (key.startsWith(prefix)) this.objects.delete(key);
  }
}
