import type { Clock } from '../clock.ts';
import type { InventoryBook, InventoryEntry } from '../s3/storage/inventory-book.ts';
import { lastDue } from './due-time.ts';
import { inventoryOrder } from './inventory-order.ts';
import type { InventoryReport, InventoryWriter } from './inventory-writer.ts';

const MINUTE = 60_000;

/** A report that could not be written is tried again after so long (ms), until it could or the next one is due. */
const RETRY = 5 * MINUTE;

/** What is told of a report while and after it is written. */
export type InventoryNews = { readonly entry: InventoryEntry } & (
  | { readonly rows: number }
  | { readonly report: InventoryReport }
  | { readonly failure: string }
);

export interface InventoryDeskOptions {
  readonly book: InventoryBook;
  readonly writer: InventoryWriter;
  readonly clock: Clock;
  readonly s3: { readonly endpoint: string; readonly region: string };
}

/**
 * Writes the reports of the local S3's inventory configurations: when they are due, and when somebody asks; one at a
 * time. A report is named after the minute in which it was due, and only when it is there whole is that kept: killed in
 * between, the next run finds it due again and finds what is there of it, so there is never a second one.
 */
export class InventoryDesk {
  private readonly stopping = new AbortController();
  /** When a report that failed may be tried again, by bucket and id. */
  private readonly retries = new Map<string, number>();
  private queue: Promise<unknown> = Promise.resolve();
  private ticking: Promise<void> = Promise.resolve();
  private cancelTimer: () => void = () => undefined;

  constructor(private readonly options: InventoryDeskOptions) {}

  /** Looks for reports that are due, now and each minute; to be called once the S3 answers. */
  start(): void {
    if (this.stopping.signal.aborted) return;
    this.ticking = this.tick()
      .catch((error: unknown) => console.error(`Inventories that are due cannot be looked for: ${String(error)}`))
      .then(() => {
        const { clock } = this.options;
        if (this.stopping.signal.aborted) return;
        this.cancelTimer = clock.after(MINUTE - (clock.now() % MINUTE), () => this.start());
      });
  }

  /** Configurations, enabled or not, of a bucket, of an id, of both, or all. */
  find({ bucket, id }: { readonly bucket?: string; readonly id?: string }): readonly InventoryEntry[] {
    return this.options.book
      .all()
      .filter(
        (entry) => (bucket ?? entry.bucket) === entry.bucket && (id ?? entry.inventory.id) === entry.inventory.id,
      );
  }

  /** Writes a report of each, named after the present minute. Tells what comes of each; never rejects. */
  async run(entries: readonly InventoryEntry[], tell: (news: InventoryNews) => void): Promise<void> {
    for (const entry of entries) {
      const time = Math.floor(this.options.clock.now() / MINUTE) * MINUTE;
      await this.write(entry, time, tell);
    }
  }

  /** Gives up the report that is being written: it is not announced, and is written anew after the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.cancelTimer();
    await this.ticking;
    await this.queue;
    this.cancelTimer();
  }

  private async tick(): Promise<void> {
    const { book, clock } = this.options;
    const now = clock.now();
    for (const entry of book.all()) {
      if (this.stopping.signal.aborted) return;
      if (this.isDue(entry, now)) await this.writeDue(entry, lastDue(entry.inventory.frequency, now));
    }
  }

  private isDue(entry: InventoryEntry, now: number): boolean {
    const { enabled, since, frequency } = entry.inventory;
    return enabled && lastDue(frequency, now) > since && now >= (this.retries.get(nameOf(entry)) ?? 0);
  }

  private async writeDue({ bucket, inventory: { id } }: InventoryEntry, due: number): Promise<void> {
    // Those before it may have taken their time: it may be gone by now, or be another.
    const [entry] = this.find({ bucket, id });
    if (entry === undefined || !entry.inventory.enabled) return;
    const name = nameOf(entry);
    const there = await this.write(entry, due, (news) => {
      if (!('failure' in news) || this.stopping.signal.aborted) return;
      this.retries.set(name, this.options.clock.now() + RETRY);
      console.error(`The inventory ${name}, due ${new Date(due).toISOString()}, was not written: ${news.failure}`);
    });
    if (there) await this.options.book.settle(bucket, id, due);
  }

  /** True when the report is there. */
  private write(entry: InventoryEntry, time: number, tell: (news: InventoryNews) => void): Promise<boolean> {
    const writing = this.queue.then(async () => {
      const { signal } = this.stopping;
      if (signal.aborted) return this.giveUp(entry, tell);
      try {
        const onProgress = (rows: number) => tell({ entry, rows });
        const { writer, s3 } = this.options;
        tell({ entry, report: await writer.write(inventoryOrder(entry, time), s3, { signal, onProgress }) });
        return true;
      } catch (error) {
        if (signal.aborted) return this.giveUp(entry, tell);
        tell({ entry, failure: error instanceof Error ? error.message : String(error) });
        return false;
      }
    });
    this.queue = writing.catch(() => undefined);
    return writing;
  }

  private giveUp(entry: InventoryEntry, tell: (news: InventoryNews) => void): false {
    tell({ entry, failure: 'the local cloud is ending' });
    return false;
  }
}

function nameOf({ bucket, inventory }: InventoryEntry): string {
  return `${inventory.id} of the bucket ${bucket}`;
}
