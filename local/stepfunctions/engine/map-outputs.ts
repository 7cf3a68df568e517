import { Payload } from '../language/payload.ts';

/**
 * What the children of a Map run gave, to be made the array that the Map state results in. It has to fit into a
 * payload even if ResultPath throws it away; once it does not, nothing is kept any more.
 */
export class MapOutputs {
  readonly #limit: number;
  readonly #texts = new Map<number, string>();
  /** Of the array: its brackets, and each output with a comma or the closing bracket. */
  #bytes = 1;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(index: number, text: string): void {
    this.#bytes += Buffer.byteLength(text) + 1;
    if (this.#bytes > this.#limit) this.#texts.clear();
    else this.#texts.set(index, text);
  }

  /** In the order of the items; undefined if it is too large. */
  payload(): Payload | undefined {
    if (this.#bytes > this.#limit) return undefined;
    const inOrder = [...this.#texts].sort(([left], [right]) => left - right);
    return Payload.parse(`[${inOrder.map(([, text]) => text).join(',')}]`);
  }
}
