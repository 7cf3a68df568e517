import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { type Imports, readImports, resolveImport } from './import-rules.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** lambdas/ is published as bundles, with all that they need inside. */
const PUBLISHED = /^(bin|cli|lib|local)\//;

/** Neither Node's own modules nor what is only given to something that is called require, too. */
const PACKAGE = /^(?!node:)[@a-z]/;

/** What builds the package is not in it. */
const NOT_PUBLISHED = 'lib/bundling/build-bundles.ts';

test('the published package brings every package that it imports', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const brought = Object.keys({ ...dependencies, ...peerDependencies });
  const imported = packagesOf(readImports(ROOT, 'at run time'));
  expect(imported).toContain('aws-cdk-lib');
  expect(imported).toContain('commander');
  expect(imported.filter((name) => !brought.includes(name))).toEqual([]);
});

/** The packages that published files import, and the files of core that these reach. */
function packagesOf(imports: Imports): string[] {
  const packages = new Set<string>();
  const seen = new Set([NOT_PUBLISHED]);
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const target of imports.get(file) ?? []) {
      if (target.startsWith('.')) visit(resolveImport(file, target));
      else if (PACKAGE.test(target)) packages.add(packageName(target));
    }
  };
  for (const file of imports.keys()) if (PUBLISHED.test(file)) visit(file);
  return [...packages].sort();
}

function packageName(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}
