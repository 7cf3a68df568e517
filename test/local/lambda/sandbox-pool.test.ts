import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { LambdaLimits } from '../../../local/lambda/limits.ts';
import { type LambdaHost, openLambda, ROLE } from './lambda-host.ts';
import { until } from './until.ts';

let folder: string;
let host: LambdaHost;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-'));
});

afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

/** A local Lambda with functions that answer their process id and print what they are told to. */
async function openWith(
  limits: Partial<LambdaLimits>,
  ...names: string[]
): Promise<(name: string, text?: string) => Promise<number>> {
  host = await openLambda(folder, limits);
  await writeFile(
    join(folder, 'index.mjs'),
    'export const handler = async ({ text }) => (console.log(text), process.pid);',
  );
  for (const name of names) {
    await host.service.putFunction(name, { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: ROLE }, folder);
  }
  return async (name, text = '') => {
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    return JSON.parse((await host.service.invoke(arn, JSON.stringify({ text }))).payload);
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a process that is idle for long ends', async () => {
  const invoke = await openWith({ idleMilliseconds: 20 }, 'one');
  const pid = await invoke('one');
  await until(() => !isRunning(pid));
  expect(await invoke('one')).not.toBe(pid);
});

test('when there are too many processes, the idle one longest unused ends, and no other', async () => {
  const invoke = await openWith({ sandboxes: 2 }, 'one', 'two', 'three');
  const [one, two] = [await invoke('one'), await invoke('two')];
  expect(await invoke('one')).toBe(one);
  const three = await invoke('three');
  await until(() => !isRunning(two));
  expect([await invoke('one'), await invoke('three')]).toEqual([one, three]);
});

test('stop ends every process', async () => {
  const invoke = await openWith({}, 'one', 'two');
  const pids = [await invoke('one'), await invoke('two')];
  await host.service.stop();
  expect(pids.map(isRunning)).toEqual([false, false]);
  await expect(invoke('one')).rejects.toMatchObject({ name: 'ServiceException' });
});

test('after stop no process is started, however the function is invoked', async () => {
  await openWith({}, 'one');
  await host.service.stop();
  const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request' };
  const invoke = (type: string) =>
    fetch(`${host.endpoint}/2015-03-31/functions/one/invocations`, {
      method: 'POST',
      headers: { ...headers, 'x-amz-invocation-type': type },
      body: '{}',
    });
  expect((await invoke('RequestResponse')).status).toBe(500);
  // Kept for the next start.
  expect((await invoke('Event')).status).toBe(202);
});

test('a log begins anew when it is full, and the one before is kept', async () => {
  const invoke = await openWith({ logBytes: 2_000 }, 'one');
  const file = join(folder, 'logs', 'one.log');
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  await invoke('one', `first ${'x'.repeat(2_000)}`);
  await until(async () => (await read(file)).includes('REPORT'));
  await invoke('one', 'second');
  await until(async () => (await read(file)).includes('second') && !(await read(file)).includes('first'));
  expect(await read(`${file}.1`)).toContain('first');
});
