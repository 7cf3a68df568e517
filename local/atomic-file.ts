import { rename, writeFile } from 'node:fs/promises';

let written = 0;

/** Writes a file so that, whenever the process ends, it has either its old content or its new one. */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  written += 1;
  const draft = `${file}.${process.pid}-${written}.tmp`;
  await writeFile(draft, content);
  await rename(draft, file);
}
