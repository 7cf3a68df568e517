/**
 * Tells a conditional write whether its key was deleted while its body was on the way: S3 answers 409 then.
 * Source: "Conditional write behavior", Amazon S3 User Guide.
 */
export class DeletionWatch {
  readonly #watchers = new Map<string, Set<{ deleted: boolean }>>();

  /** Runs `work`, which may ask at any time whether the key has been deleted since. */
  async during<Result>(
    bucket: string,
    key: string,
    work: (deletedMeanwhile: () => boolean) => Promise<Result>,
  ): Promise<Result> {
    const name = nameOf(bucket, key);
    const watcher = { deleted: false };
    const watchers = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, watchers.add(watcher));
    try {
      return await work(() => watcher.deleted);
    } finally {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(name);
    }
  }

  noteDeletion(bucket: string, key: string): void {
    for (const watcher of this.#watchers.get(nameOf(bucket, key)) ?? []) watcher.deleted = true;
  }
}

function nameOf(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}
