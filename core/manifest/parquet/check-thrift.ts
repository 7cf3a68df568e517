/** Structures and lists inside each other at most; Parquet's own are six deep. */
const DEEPEST = 24;

/**
 * Structures and lists in a footer at most: an empty one takes a byte there and hundreds in memory. Ten thousand row
 * groups of twenty columns have some eight hundred thousand.
 */
const MOST_STRUCTURES = 1_000_000;

/**
 * Walks through a structure in Thrift's compact protocol before it is parsed, so that lengths in it that are larger than
 * the bytes that are there take no memory. Throws what is wrong.
 */
export function checkThrift(bytes: Uint8Array, from: number): void {
  let at = from;
  let structures = 0;

  function byte(): number {
    const found = bytes[at];
    if (found === undefined) throw new Error('it breaks off');
    at += 1;
    return found;
  }

  function number(): number {
    let [found, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      const each = byte();
      if (shift > 63) throw new Error('it has a number without an end');
      found += (each & 0x7f) * 2 ** shift;
      more = each >= 0x80;
    }
    return found;
  }

  function pass(count: number): void {
    if (count > bytes.length - at) throw new Error('it has a text that is longer than itself');
    at += count;
  }

  function element(type: number, depth: number, inList: boolean): void {
    if (depth > DEEPEST) throw new Error('it is nested too deeply');
    if (type === 9 || type === 12) structures += 1;
    if (structures > MOST_STRUCTURES) {
      throw new Error(
        `its footer has more than ${MOST_STRUCTURES} structures: write larger row groups or smaller files`,
      );
    }
    if (type === 1 || type === 2) pass(inList ? 1 : 0);
    else if (type === 3) pass(1);
    else if (type >= 4 && type <= 6) number();
    else if (type === 7) pass(8);
    else if (type === 8) pass(number());
    else if (type === 9) list(depth);
    else if (type === 12) structure(depth);
    else throw new Error(`it has a field of the type ${type}`);
  }

  function list(depth: number): void {
    const head = byte();
    const count = head >> 4 === 15 ? number() : head >> 4;
    // Each element has a byte at least.
    if (count > bytes.length - at) throw new Error('it has a list that is longer than itself');
    for (let index = 0; index < count; index += 1) element(head & 0x0f, depth + 1, true);
  }

  function structure(depth: number): void {
    for (let head = byte(); (head & 0x0f) !== 0; head = byte()) {
      if (head >> 4 === 0) number();
      element(head & 0x0f, depth + 1, false);
    }
  }

  structure(0);
}
