/**
 * Bytes of the columns of a row group that are unpacked in memory at once, at most: of each its dictionary and a page,
 * which in DuckDB's files may have a hundred million. Preparing has a gigabyte and more.
 */
export const MOST_HELD = 512 * 1024 * 1024;

/** What the columns that are read together have in memory. */
export class HeldBytes {
  private held = 0;

  constructor(private readonly most = MOST_HELD) {}

  /** Counts bytes before they are in memory. Throws where they would be too many. */
  take(bytes: number): void {
    this.held += bytes;
    if (this.held <= this.most) return;
    throw new Error(
      `its columns would have ${this.held} bytes in memory at once, more than ${this.most}: ` +
        'write smaller pages or row groups',
    );
  }

  /** Bytes that are not needed any more. */
  give(bytes: number): void {
    this.held -= bytes;
  }
}
