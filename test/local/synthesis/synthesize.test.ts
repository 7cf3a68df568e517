import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { synthesize } from '../../../local/synthesis/synthesize.ts';

/** An app that writes down that it ran, with what settings. */
const APP = `
import { appendFileSync, writeFileSync } from 'node:fs';
import { word } from '../lib/word.ts';
const outdir: string = process.env.CDK_OUTDIR ?? '';
appendFileSync('runs.txt', word + (process.env.DROVER_STACK_NAME ?? '') + ' ');
writeFileSync(outdir + '/manifest.json', JSON.stringify({ word, context: process.env.CDK_CONTEXT_JSON }));
`;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'synthesis-'));
  await put('package.json', '{"type":"module"}');
  await put('bin/drover-app.ts', APP);
  await put('lib/word.ts', `export const word: string = 'one';`);
});

afterEach(() => rm(home, { recursive: true }));

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(join(home, file)), { recursive: true });
  await writeFile(join(home, file), content);
}

function run(environment: Record<string, string> = {}): Promise<string> {
  return synthesize({ home, cacheFolder: join(home, '.cache/synthesis'), environment });
}

test('runs the app once for each state of its sources and settings', async () => {
  const first = await run({ UNRELATED: 'x' });
  expect(await run()).toBe(first);
  expect(JSON.parse(await readFile(join(first, 'manifest.json'), 'utf8'))).toEqual({
    word: 'one',
    context: '{"aws:cdk:version-reporting":false}',
  });

  await put('lib/word.ts', `export const word: string = 'two';`);
  const second = await run();
  expect(second).not.toBe(first);
  expect(await run({ DROVER_STACK_NAME: 'Mine' })).not.toBe(second);
  await put('lib/word.ts', `export const word: string = 'one';`);
  expect(await run()).toBe(first);
  expect(await readFile(join(home, 'runs.txt'), 'utf8')).toBe('one two twoMine ');
});

test('looks at the sources however the folder is spelled', async () => {
  const spelled = (): Promise<string> =>
    synthesize({ home: `${home}/`, cacheFolder: join(home, '.cache/synthesis'), environment: {} });
  const first = await spelled();
  expect(await run()).toBe(first);
  await put('lib/word.ts', `export const word: string = 'two';`);
  expect(await spelled()).not.toBe(first);
});

test('says what the app printed when it fails, and leaves nothing behind', async () => {
  await put('bin/drover-app.ts', `console.error('jobRoles is empty'); process.exit(1);`);
  await expect(run()).rejects.toThrow(/could not be synthesized\.\njobRoles is empty/);
  expect(await readdir(join(home, '.cache/synthesis'))).toEqual([]);
});

test('two at once give the same assembly', async () => {
  const [first, second] = await Promise.all([run(), run()]);
  expect(second).toBe(first);
  expect(await readdir(join(home, '.cache/synthesis'))).toHaveLength(1);
});

test('in the published package, whose app is JavaScript, needs no TypeScript loader', async () => {
  await rm(join(home, 'bin/drover-app.ts'));
  await put('bin/drover-app.js', `(await import('node:fs')).writeFileSync(process.env.CDK_OUTDIR + '/x', 'built');`);
  expect(await readFile(join(await run(), 'x'), 'utf8')).toBe('built');
});
