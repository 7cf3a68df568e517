/** What must be closed in the end, the last opened first. */
export class ClosingList {
  private readonly closers: (() => Promise<void>)[] = [];
  private closing: Promise<void> | undefined;

  add(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  /** Closes everything, even where one fails, and rejects with the first failure. A second call waits for the first. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.closers.splice(0).reverse()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }
}
