import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS } from '../../lib/bundling/esbuild-bundles.ts';
import { endWithProcess } from './child.ts';

/**
 * Bundles programs of a bench as the functions are bundled, the AWS SDK too, so that what is measured is what runs.
 * @param programs by name: files relative to bench/.
 * @returns the folder, which the caller removes and which does not outlast this process, with `<name>.mjs` in it.
 */
export async function bundlePrograms(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  endWithProcess(() => rmSync(folder, { recursive: true, force: true }));
  await build({
    ...BUNDLE_OPTIONS,
    mainFields: [...BUNDLE_OPTIONS.mainFields],
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    // With names: whoever profiles a bench wants to read them.
    minify: false,
    entryPoints: Object.entries(programs).map(([out, file]) => ({ in: file, out })),
    outdir: folder,
  });
  return folder;
}
