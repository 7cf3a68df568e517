/** Builds the functions' bundles into the folder named on the command line; `npm run build` names dist/bundles. */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FUNCTION_NAMES } from '../functions/function-names.ts';
import { buildBundles, lambdaProject } from './esbuild-bundles.ts';

const [output] = process.argv.slice(2);
if (output === undefined) {
  console.error('Usage: build-bundles <folder>');
  process.exitCode = 2;
} else {
  rmSync(output, { recursive: true, force: true });
  buildBundles(lambdaProject(fileURLToPath(new URL('../..', import.meta.url)), FUNCTION_NAMES), resolve(output));
}
