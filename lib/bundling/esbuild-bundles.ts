import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BuildOptions, BuildResult } from 'esbuild';

/** A project whose `lambdas/<name>/handler.ts` are to be bundled. */
export interface LambdaProject {
  /** The folder of lambdas/, package-lock.json and node_modules/. */
  readonly root: string;
  readonly names: readonly string[];
}

/**
 * Everything is bundled, the AWS SDK too: what is tested is what runs, and a runtime's own SDK changes under our feet.
 * The same bundles run in Lambda (nodejs22.x) and in the local cloud (any Node that the package supports), so the
 * target is the older of the two.
 */
export const BUNDLE_OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  sourcemap: false,
  // Dependencies in CommonJS call require, which an ES module does not have.
  banner: {
    js: "import{createRequire as droverRequire}from'node:module';const require=droverRequire(import.meta.url);",
  },
  // What is wrong is thrown.
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** The project at `root`; throws, naming what is missing, unless each function has its handler. */
export function lambdaProject(root: string, names: readonly string[]): LambdaProject {
  const missing = names.filter((name) => !existsSync(handlerOf(root, name)));
  if (missing.length > 0) {
    throw new Error(`No handler.ts in ${missing.map((name) => join(root, 'lambdas', name)).join(', ')}.`);
  }
  return { root, names };
}

/**
 * Builds all bundles with one call of esbuild into `<output>/<name>/index.mjs`.
 * @returns the files that they were made of, relative to the project's root. Throws esbuild's messages.
 */
export function buildBundles(project: LambdaProject, output: string): readonly string[] {
  const result = esbuild().buildSync({
    ...BUNDLE_OPTIONS,
    mainFields: [...BUNDLE_OPTIONS.mainFields],
    absWorkingDir: project.root,
    entryPoints: project.names.map((name) => ({ in: handlerOf(project.root, name), out: `${name}/index` })),
    outdir: output,
    metafile: true,
  }) as BuildResult<{ metafile: true }>;
  return Object.keys(result.metafile.inputs).sort();
}

function handlerOf(root: string, name: string): string {
  return join(root, 'lambdas', name, 'handler.ts');
}

/** Loaded when there is something to build: users of the published package never need its binary. */
function esbuild(): typeof import('esbuild') {
  return createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
}
