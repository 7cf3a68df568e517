import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { forbiddenImports, importCycles, importsOf, readImports } from './import-rules.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the source', () => {
  const imports = readImports(ROOT, 'all');

  test('imports along the arrows: bin, cli → lib → core ← lambdas; local stands alone', () => {
    expect(imports.size).toBeGreaterThan(20);
    expect(forbiddenImports(imports)).toEqual([]);
  });

  test('imports in no circle when it runs', () => {
    expect(importCycles(readImports(ROOT, 'at run time'))).toEqual([]);
  });

  test('reads the environment of a function in lambdas/ only', () => {
    const readers = [...imports.keys()]
      .filter((file) => /^(core|lib)\//.test(file))
      .filter((file) => /\bprocess\.env\b/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(readers).toEqual([]);
  });
});

describe('the check itself', () => {
  const check = (file: string, ...targets: string[]) => forbiddenImports(new Map([[file, targets]]));

  test.each([
    ['core/engine/wave.ts', '../../lambdas/run/handler.ts'],
    ['core/engine/wave.ts', '../../lib/index.ts'],
    ['core/engine/wave.ts', '../../local/service.ts'],
    ['core/engine/wave.ts', 'aws-cdk-lib'],
    ['core/engine/wave.ts', 'aws-cdk-lib/aws-s3'],
    ['core/engine/wave.ts', 'aws-lambda'],
    ['core/engine/wave.ts', '@aws-sdk/client-s3'],
    ['core/engine/wave.ts', '@smithy/signature-v4'],
    ['lambdas/run/handler.ts', '../../lib/index.ts'],
    ['lambdas/run/handler.ts', 'aws-cdk-lib'],
    ['lib/drover.ts', '../lambdas/run/handler.ts'],
    ['lib/drover.ts', '../cli/create.ts'],
    ['lib/drover.ts', '../local/service.ts'],
    ['lib/drover.ts', '@aws-sdk/client-s3'],
    ['local/service.ts', '../core/engine/turn.ts'],
    ['local/service.ts', '../lib/index.ts'],
    ['local/synthesis/synthesize.ts', '../../bin/drover-app.ts'],
    ['local/synthesis/synthesize.ts', 'aws-cdk-lib'],
    ['cli/create.ts', '../test/support/memory-job-store.ts'],
  ])('finds %s importing %s', (file, target) => {
    expect(check(file, target)).toEqual([expect.stringContaining(`${file} imports ${target}: `)]);
  });

  test('lets pass what goes along the arrows', () => {
    expect(check('core/engine/wave.ts', './turn.ts', '../job/status.ts', 'node:crypto', 'zod')).toEqual([]);
    expect(check('core/s3/client.ts', '@aws-sdk/client-s3')).toEqual([]);
    expect(check('lambdas/run/handler.ts', '../../core/engine/turn.ts', '@aws-sdk/client-sfn')).toEqual([]);
    expect(check('lib/drover.ts', 'aws-cdk-lib', './job-tables.ts')).toEqual([]);
    expect(check('bin/drover.ts', '../cli/create.ts', 'commander')).toEqual([]);
    expect(check('cli/start.ts', '../local/server/start.ts', '../core/job/status.ts')).toEqual([]);
  });

  test('sees every way to import', () => {
    const source = `
      import { a } from './a.ts';
      import type { B } from './b.ts';
      export * from './c.ts';
      export type { D } from './d.ts';
      const e = await import('./e.ts');
      const f = require('./f.ts');
      console.log(a, e, f);
      import './g.ts';
      // import './not-this.ts'
    `;
    expect([...importsOf(source)].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `./${name}.ts`));
    expect([...importsOf(source, 'at run time')].sort()).toEqual(
      ['a', 'c', 'e', 'f', 'g'].map((name) => `./${name}.ts`),
    );
  });

  test('finds circles, however long', () => {
    const circle = new Map([
      ['core/a.ts', ['./b/c.ts']],
      ['core/b/c.ts', ['../d.ts', 'zod']],
      ['core/d.ts', ['./a.ts']],
      ['core/e.ts', ['./a.ts']],
    ]);
    expect(importCycles(circle)).toEqual([['core/a.ts', 'core/b/c.ts', 'core/d.ts', 'core/a.ts']]);
    expect(
      importCycles(
        new Map([
          ['core/a.ts', ['./b.ts']],
          ['core/b.ts', []],
        ]),
      ),
    ).toEqual([]);
  });
});
