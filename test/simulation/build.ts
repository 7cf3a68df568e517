import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A change of the engine's text as it is loaded. What is looked for must be there exactly once. */
export interface Patch {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** Sizes, scaled to worlds of some dozen tasks: so that those too have several blocks, waves and executions. */
const SCALE: readonly Patch[] = [
  { file: 'core/stores/progress-store.ts', find: 'SHARDS_PER_BLOCK = 256;', put: 'SHARDS_PER_BLOCK = 4;' },
  { file: 'core/engine/wave.ts', find: 'LEAST_SHARDS = 50;', put: 'LEAST_SHARDS = 3;' },
  { file: 'core/engine/run-turn.ts', find: 'TURNS_PER_EXECUTION = 200;', put: 'TURNS_PER_EXECUTION = 12;' },
];

/**
 * Bundles the simulation with the engine as its source now stands, changed in nothing but the sizes and these patches.
 * Answers the file to run.
 * @throws Error when the text that a patch changes is not there exactly once: the patch is to follow the code.
 */
export async function buildSimulation(name: string, patches: readonly Patch[] = []): Promise<string> {
  const outfile = `${ROOT}.cache/simulation/${name}.mjs`;
  const all = [...SCALE, ...patches];
  const patched = new Set<Patch>();
  await build({
    entryPoints: [`${ROOT}test/simulation/engine.ts`],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [
      {
        name: 'patches',
        setup({ onLoad }) {
          onLoad({ filter: /\/core\/.*\.ts$/ }, async ({ path }) => {
            const own = all.filter(({ file }) => path === ROOT + file);
            if (own.length === 0) return undefined;
            let contents = await readFile(path, 'utf8');
            for (const patch of own) {
              contents = applied(contents, patch);
              patched.add(patch);
            }
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  for (const patch of all) if (!patched.has(patch)) throw new Error(`the simulation does not load ${patch.file}`);
  return outfile;
}

function applied(text: string, { file, find, put }: Patch): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has ${JSON.stringify(find)} ${times} times: it should be there once`);
  return text.replace(find, () => put);
}
