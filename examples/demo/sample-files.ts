import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A real file, and the key that its object gets. */
export interface SampleFile {
  readonly path: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/** Larger files would only make the demo slower. */
const LARGEST_BYTES = 64 * 1_024;

/** The first so many small files of a folder, in the order of their paths. */
export async function findSampleFiles(folder: string, count: number): Promise<readonly SampleFile[]> {
  const files: SampleFile[] = [];
  for await (const path of walk(folder)) {
    const { size } = await stat(path);
    if (size <= LARGEST_BYTES) files.push({ path, size, key: relative(folder, path).split(sep).join('/') });
    if (files.length === count) break;
  }
  return files;
}

async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}
