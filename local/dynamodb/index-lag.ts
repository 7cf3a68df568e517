import type { Document } from './dynalite.ts';

/** What goes wrong with indexes on purpose. */
export interface IndexFaults {
  /** Whether any index lags. */
  readonly anyLag: boolean;
  /** Milliseconds that an index shows new items later; 0 where it does not lag. */
  lagOf(index: string): number;
}

/** Nothing goes wrong. */
export const NO_INDEX_FAULTS: IndexFaults = { anyLag: false, lagOf: () => 0 };

/** How long it is remembered when an item was new: longer than any lag. */
const REMEMBERED_MILLISECONDS = 16 * 60_000;

/** Makes new items come into indexes late, as those of DynamoDB do: an index is written after its table. */
export class IndexLag {
  /** When items were new, by table and key. */
  private readonly news = new Map<string, number>();

  constructor(
    private readonly faults: IndexFaults,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether what is written has to be remembered. */
  get isOn(): boolean {
    return this.faults.anyLag;
  }

  /** An item that was not there before has been written. */
  written(table: string, key: Document): void {
    for (const [name, at] of this.news) {
      if (this.now() - at < REMEMBERED_MILLISECONDS) break;
      this.news.delete(name);
    }
    this.news.set(nameOf(table, key), this.now());
  }

  /** The answer to a query of an index, without the items that are too new for it. */
  shown(table: string, index: string, keyNames: readonly string[], answer: Document): Document {
    const lag = this.faults.lagOf(index);
    const items = answer['Items'];
    if (lag === 0 || !Array.isArray(items)) return answer;
    const old = (items as Document[]).filter((item) => {
      const key = Object.fromEntries(keyNames.map((name) => [name, item[name]]));
      const at = this.news.get(nameOf(table, key));
      return at === undefined || this.now() - at >= lag;
    });
    return { ...answer, Items: old, Count: old.length };
  }
}

function nameOf(table: string, key: Document): string {
  return JSON.stringify([table, Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
