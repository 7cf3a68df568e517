import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cachedBundles } from '../../../lib/bundling/bundle-cache.ts';
import { lambdaProject } from '../../../lib/bundling/esbuild-bundles.ts';

/** A project of two functions that share a module; one uses a package in CommonJS. */
const SOURCES: Readonly<Record<string, string>> = {
  'package-lock.json': '{}',
  'core/greeting.ts': `export const greeting: string = 'hello';`,
  'lambdas/one/handler.ts': `import { greeting } from '../../core/greeting.ts'; export const handler = async () => greeting;`,
  'lambdas/two/handler.ts': `import path from 'old-style'; export const handler = async () => path('a', 'b');`,
  'node_modules/old-style/package.json': '{"name":"old-style","version":"1.0.0","main":"index.js"}',
  'node_modules/old-style/index.js': `const { join } = require('path'); module.exports = join;`,
};

describe('the bundles of a project', () => {
  let root = '';
  let cache = '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'drover-bundles-'));
    cache = join(root, '.cache', 'bundles');
    for (const [file, text] of Object.entries(SOURCES)) write(file, text);
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const bundles = () => cachedBundles(lambdaProject(root, ['one', 'two']), cache);
  const call = async (directory: string, name: string) => {
    const { handler } = (await import(pathToFileURL(join(directory, name, 'index.mjs')).href)) as {
      handler: () => Promise<string>;
    };
    return handler();
  };

  test('are ES modules that need nothing beside them, not even what is CommonJS', async () => {
    const directory = bundles();
    const away = mkdtempSync(join(tmpdir(), 'drover-away-'));
    cpSync(directory, away, { recursive: true });
    rmSync(join(root, 'node_modules'), { recursive: true });
    expect(await call(away, 'one')).toBe('hello');
    expect(await call(away, 'two')).toBe(join('a', 'b'));
    rmSync(away, { recursive: true });
  });

  test('are not built again while nothing changed', () => {
    const first = bundles();
    const built = statSync(join(first, 'one', 'index.mjs')).mtimeMs;
    // With this in the way any build would fail.
    writeFileSync(join(root, 'node_modules', 'old-style', 'index.js'), 'this is { not JavaScript');
    expect(bundles()).toBe(first);
    expect(statSync(join(first, 'one', 'index.mjs')).mtimeMs).toBe(built);
  });

  test.each([
    ['a module that a function imports', 'core/greeting.ts', `export const greeting: string = 'good morning';`],
    ['the lock file', 'package-lock.json', '{"lockfileVersion":3}'],
  ])('are built again when %s changed', (_, file, text) => {
    const first = bundles();
    write(file, text);
    const second = bundles();
    expect(second).not.toBe(first);
    // A process that synthesized with the first may still be copying it.
    expect(existsSync(first)).toBe(true);
  });

  test('hold what the sources say now', async () => {
    bundles();
    write('core/greeting.ts', `export const greeting: string = 'good evening';`);
    expect(await call(bundles(), 'one')).toBe('good evening');
  });

  test('are found again when a change is taken back', () => {
    const first = bundles();
    write('core/greeting.ts', `export const greeting: string = 'other';`);
    bundles();
    write('core/greeting.ts', SOURCES['core/greeting.ts']!);
    expect(bundles()).toBe(first);
  });

  test('leave no half-built folder behind when a source is wrong, and say where', () => {
    write('core/greeting.ts', 'export const greeting = ;');
    expect(bundles).toThrow(/core\/greeting\.ts:1:\d+/);
    write('core/greeting.ts', SOURCES['core/greeting.ts']!);
    expect(existsSync(join(bundles(), 'one', 'index.mjs'))).toBe(true);
  });

  test('are refused for a function without a handler, by name', () => {
    expect(() => lambdaProject(root, ['one', 'three'])).toThrow(/No handler\.ts in .*lambdas\/three\.$/);
  });
});

test('the name of a function survives minification: logs show it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'drover-names-'));
  mkdirSync(join(root, 'lambdas', 'one'), { recursive: true });
  writeFileSync(
    join(root, 'lambdas', 'one', 'handler.ts'),
    `class ManifestError extends Error {} export const handler = () => ManifestError.name;`,
  );
  const directory = cachedBundles(lambdaProject(root, ['one']), join(root, 'cache'));
  const { handler } = (await import(pathToFileURL(join(directory, 'one', 'index.mjs')).href)) as {
    handler: () => string;
  };
  expect(handler()).toBe('ManifestError');
  rmSync(root, { recursive: true });
});
