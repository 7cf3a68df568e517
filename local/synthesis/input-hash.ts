import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * One hash of all that a synthesis depends on: the named files and, of named folders, every file in them; and the
 * settings. Names that are not there count as such.
 */
export async function inputHash(
  root: string,
  inputs: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(settings).sort()));
  for (const input of [...inputs].sort()) {
    for (const file of await filesOf(root, input)) {
      const path = join(root, file);
      hash.update(`\n${file}\n`).update(existsSync(path) ? await readFile(path) : 'absent');
    }
  }
  return hash.digest('hex').slice(0, 32);
}

async function filesOf(root: string, input: string): Promise<string[]> {
  const entries = await readdir(join(root, input), { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) {
    return [input];
  }
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => relative(root, file)).sort();
}
