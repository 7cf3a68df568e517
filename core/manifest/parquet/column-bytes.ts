const NOTHING = new Uint8Array(0);

/** The bytes of a column in a row group, from their beginning to their end, of which a window is held. */
export class ColumnBytes {
  private held: Uint8Array = NOTHING;
  private at = 0;

  /**
   * @param next the place of the first byte that was not read yet.
   * @param window bytes that are read at once: some pages, of most writers.
   */
  constructor(
    private readonly read: (start: number, end: number) => Promise<Uint8Array>,
    private next: number,
    private readonly end: number,
    private readonly window: number,
  ) {}

  /** Bytes that were not passed yet. */
  get left(): number {
    return this.held.length - this.at + this.end - this.next;
  }

  /** The next bytes, so many or what is left. */
  async peek(count: number): Promise<Uint8Array> {
    const lacking = Math.min(count, this.left) - (this.held.length - this.at);
    if (lacking > 0) {
      const until = Math.min(this.end, this.next + Math.max(lacking, this.window));
      const more = await this.read(this.next, until);
      const rest = this.held.subarray(this.at);
      this.held = rest.length === 0 ? more : Buffer.concat([rest, more]);
      [this.at, this.next] = [0, until];
    }
    return this.held.subarray(this.at, this.at + count);
  }

  pass(count: number): void {
    this.at += count;
    // A large page is all that is held: it is unpacked, or about to be.
    if (this.at >= this.held.length) [this.held, this.at] = [NOTHING, 0];
  }
}
