import { afterEach, expect, jest, test } from '@jest/globals';
import type { Clock } from '../../../local/clock.ts';
import { InventoryDesk, type InventoryNews } from '../../../local/inventory/inventory-desk.ts';
import type { InventoryOrder, InventoryReport, InventoryWriter } from '../../../local/inventory/inventory-writer.ts';
import type { InventoryBook, InventoryEntry } from '../../../local/s3/storage/inventory-book.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A Wednesday. */
const NOON = Date.UTC(2026, 2, 4, 12);

/** Time that only tests move; timers ring on the way. */
class TestClock implements Clock {
  private readonly timers = new Set<{ readonly at: number; readonly ring: () => void }>();
  constructor(private time: number) {}
  readonly now = (): number => this.time;
  after(ms: number, ring: () => void): () => void {
    const timer = { at: this.time + ms, ring };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }
  get waiting(): boolean {
    return this.timers.size > 0;
  }
  /** Moves on in steps of the timers; after each, all that can be done without time passing is done. */
  async move(to: number): Promise<void> {
    for (;;) {
      await settled();
      const [next] = [...this.timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > to) break;
      this.timers.delete(next);
      this.time = next.at;
      next.ring();
    }
    this.time = to;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((done) => setImmediate(done));
}

class MemoryBook implements InventoryBook {
  constructor(private entries: readonly InventoryEntry[]) {}
  readonly all = () => this.entries;
  async settle(bucket: string, id: string, due: number): Promise<void> {
    this.entries = this.entries.map((entry) =>
      entry.bucket === bucket && entry.inventory.id === id
        ? { bucket, inventory: { ...entry.inventory, since: due } }
        : entry,
    );
  }
}

class MemoryWriter implements InventoryWriter {
  readonly optionalFields = ['Size'];
  readonly orders: InventoryOrder[] = [];
  /** What happens instead of the writing of a report. */
  meanwhile: (signal: AbortSignal) => Promise<void> = async () => undefined;
  async write(order: InventoryOrder, _: unknown, { signal }: { signal: AbortSignal }): Promise<InventoryReport> {
    this.orders.push(order);
    await this.meanwhile(signal);
    return { manifestKey: 'manifest.json', written: { rows: 1, files: 1, bytes: 1, manifestETag: 'e' } };
  }
  get times(): string[] {
    return this.orders.map(({ id, time }) => `${id} ${new Date(time).toISOString()}`);
  }
}

function entry(changes: Partial<InventoryEntry['inventory']> = {}): InventoryEntry {
  return {
    bucket: 'photos',
    inventory: {
      id: 'daily',
      enabled: true,
      versions: 'All',
      frequency: 'Daily',
      optionalFields: ['Size'],
      destination: { bucketArn: 'arn:aws-cn:s3:::inventories', format: 'Parquet', prefix: 'of/' },
      since: NOON,
      ...changes,
    },
  };
}

const desks: InventoryDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.stop();
  jest.restoreAllMocks();
});

function open(book: InventoryBook, clock: TestClock, writer = new MemoryWriter()) {
  const desk = new InventoryDesk({ book, writer, clock, s3: { endpoint: 'http://s3', region: 'us-east-1' } });
  desks.push(desk);
  return { desk, writer };
}

test('daily reports are of each midnight, weekly ones of each Sunday, in UTC; what is disabled has none', async () => {
  const clock = new TestClock(NOON);
  const weekly = entry({ id: 'weekly', frequency: 'Weekly' });
  const { desk, writer } = open(new MemoryBook([entry(), weekly, entry({ id: 'off', enabled: false })]), clock);
  desk.start();
  await clock.move(NOON + 11 * HOUR);
  expect(writer.times).toEqual([]);
  await clock.move(NOON + 5 * DAY);
  expect(writer.times).toEqual([
    'daily 2026-03-05T00:00:00.000Z',
    'daily 2026-03-06T00:00:00.000Z',
    'daily 2026-03-07T00:00:00.000Z',
    'daily 2026-03-08T00:00:00.000Z',
    'weekly 2026-03-08T00:00:00.000Z',
    'daily 2026-03-09T00:00:00.000Z',
  ]);
  expect(writer.orders[0]).toEqual({
    sourceBucket: 'photos',
    id: 'daily',
    destinationBucket: 'inventories',
    destinationPrefix: 'of',
    format: 'Parquet',
    versions: 'All',
    optionalFields: ['Size'],
    prefix: '',
    partition: 'aws-cn',
    encryption: undefined,
    time: Date.UTC(2026, 2, 5),
  });
});

test('what was due while nobody looked is written once, at the start, and not again at the next', async () => {
  const book = new MemoryBook([entry()]);
  const clock = new TestClock(NOON + 3 * DAY);
  const first = open(book, clock);
  first.desk.start();
  await clock.move(NOON + 3 * DAY + HOUR);
  expect(first.writer.times).toEqual(['daily 2026-03-07T00:00:00.000Z']);
  await first.desk.stop();
  const second = open(book, clock);
  second.desk.start();
  await clock.move(NOON + 3 * DAY + 2 * HOUR);
  expect(second.writer.times).toEqual([]);
});

test('a report that is cut short is written after the next start, under the same name', async () => {
  const book = new MemoryBook([entry()]);
  const clock = new TestClock(NOON + DAY);
  const first = open(book, clock);
  first.writer.meanwhile = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  first.desk.start();
  await settled();
  await first.desk.stop();
  expect(told).not.toHaveBeenCalled();
  expect(clock.waiting).toBe(false);
  const second = open(book, clock);
  second.desk.start();
  await settled();
  expect(second.writer.times).toEqual(first.writer.times);
});

test('one that fails is told of, tried again after five minutes, and keeps no other from being written', async () => {
  const told = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const clock = new TestClock(NOON + DAY);
  const { desk, writer } = open(new MemoryBook([entry(), entry({ id: 'other' })]), clock);
  let failing = true;
  writer.meanwhile = async () => {
    if (failing && writer.orders.at(-1)?.id === 'daily') throw new Error('There is no bucket inventories.');
  };
  desk.start();
  await clock.move(NOON + DAY + 4 * 60_000);
  expect(writer.orders.map(({ id }) => id)).toEqual(['daily', 'other']);
  expect(told.mock.calls).toEqual([
    [
      'The inventory daily of the bucket photos, due 2026-03-05T00:00:00.000Z, was not written: There is no bucket inventories.',
    ],
  ]);
  failing = false;
  await clock.move(NOON + DAY + 30 * 60_000);
  expect(writer.orders.map(({ id }) => id)).toEqual(['daily', 'other', 'daily']);
  expect(writer.orders[2]?.time).toBe(writer.orders[0]?.time);
});

test('on demand a report is named after the present minute, and the next one stays due when it was', async () => {
  const clock = new TestClock(NOON + 90_000);
  const { desk, writer } = open(new MemoryBook([entry(), entry({ id: 'other' })]), clock);
  const news: InventoryNews[] = [];
  await desk.run(desk.find({ bucket: 'photos', id: 'daily' }), (one) => news.push(one));
  expect(writer.times).toEqual(['daily 2026-03-04T12:01:00.000Z']);
  expect(news).toEqual([{ entry: entry(), report: expect.objectContaining({ manifestKey: 'manifest.json' }) }]);
  desk.start();
  await clock.move(NOON + 13 * HOUR);
  expect(writer.times.slice(1)).toEqual(['daily 2026-03-05T00:00:00.000Z', 'other 2026-03-05T00:00:00.000Z']);
});
