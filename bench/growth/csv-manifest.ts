const LINES_AT_ONCE = 10_000;

/** The text of a CSV manifest of so many objects of the bucket `data`, in pieces. */
export function* csvManifest(lines: number): Generator<string> {
  for (let first = 0; first < lines; first += LINES_AT_ONCE) {
    const count = Math.min(LINES_AT_ONCE, lines - first);
    yield Array.from({ length: count }, (_, n) => `data,folder-${(first + n) % 100}/object-${first + n}.jpg\n`).join(
      '',
    );
  }
}
