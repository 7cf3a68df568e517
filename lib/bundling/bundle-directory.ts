import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FUNCTION_NAMES } from '../functions/function-names.ts';
import { cachedBundles } from './bundle-cache.ts';
import { lambdaProject } from './esbuild-bundles.ts';

/** The folder above lib/: the checkout, or dist/ in the published package. */
const HOME = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The folder that holds a folder `<function>/index.mjs` for each function. The published package brings them in
 * dist/bundles; a checkout builds them, and builds again only when what they are made of has changed.
 */
export function bundleDirectory(): string {
  const shipped = join(HOME, 'bundles');
  if (existsSync(shipped)) return shipped;
  return cachedBundles(lambdaProject(HOME, FUNCTION_NAMES), join(HOME, '.cache', 'bundles'));
}
