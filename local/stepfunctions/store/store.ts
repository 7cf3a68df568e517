import { ClassicLevel } from 'classic-level';
import type { KeyRange } from './keys.ts';

/** A write. Those given together are done together or not at all. */
export type StoreOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

/** A write of a record. */
export function put(key: string, record: unknown): StoreOperation {
  return { type: 'put', key, value: JSON.stringify(record) };
}

/** A removal. */
export function remove(key: string): StoreOperation {
  return { type: 'del', key };
}

/** How far, and which way, to read. */
export interface ReadOptions extends Partial<KeyRange> {
  readonly gt?: string;
  readonly lte?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/**
 * All that Step Functions keeps, in one LevelDB: a write survives the death of the process (not of the machine, for
 * which each would have to be synced) and what has ended takes no memory.
 */
export class Store {
  readonly #level: ClassicLevel<string, string>;
  #waiting: StoreOperation[] = [];
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  private constructor(level: ClassicLevel<string, string>) {
    this.#level = level;
  }

  static async open(folder: string): Promise<Store> {
    const level = new ClassicLevel<string, string>(folder);
    await level.open();
    return new Store(level);
  }

  /** Writes in the order of the calls. Calls that come while a batch is under way share the next. */
  write(operations: readonly StoreOperation[]): Promise<void> {
    for (const operation of operations) this.#waiting.push(operation);
    if (this.#next === undefined) {
      this.#next = this.#last.then(() => {
        const batch = this.#waiting;
        this.#waiting = [];
        this.#next = undefined;
        return this.#level.batch(batch);
      });
      // A batch that failed is told to those who wrote it; the next one is tried all the same.
      this.#last = this.#next.catch(() => undefined);
    }
    return this.#next;
  }

  /** Reads see all that was written before, here and below. */
  async get<T>(key: string): Promise<T | undefined> {
    await this.#settled();
    const text = await this.#level.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  /** Undefined where there is no such key. */
  async getMany<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    await this.#settled();
    const texts = await this.#level.getMany([...keys]);
    return texts.map((text) => (text === undefined ? undefined : (JSON.parse(text) as T)));
  }

  /** The records of a range, one at a time. */
  async *read<T>(options: ReadOptions): AsyncGenerator<readonly [key: string, record: T]> {
    await this.#settled();
    for await (const [key, text] of this.#level.iterator(options)) yield [key, JSON.parse(text) as T];
  }

  /** Resolves once everything written is on disk and the files are closed. */
  async close(): Promise<void> {
    await this.#settled();
    await this.#level.close();
  }

  #settled(): Promise<void> {
    return (this.#next ?? this.#last).catch(() => undefined);
  }
}
