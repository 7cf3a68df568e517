import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../local/faults/fault-injector.ts';
import { type LambdaHost, openLambda, ROLE } from './lambda-host.ts';
import { until } from './until.ts';

const faults = new FaultInjector();
let folder: string;
let trace: string;
let host: LambdaHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-faults-'));
  trace = join(folder, 'trace');
  host = await openLambda(folder, { asyncRetryDelays: [1] }, faults);
  await put('MyWorker', `event.tag + ' ' + (await calls(event.calls ?? 0, event.path))`);
  await put('Other', `'other'`);
});

afterEach(async () => {
  faults.set({ rules: [] });
  await writeFile(trace, '');
});

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

/** A function that writes a line when it begins, and answers this. */
async function put(name: string, answer: string): Promise<void> {
  const code = await mkdtemp(join(folder, 'code-'));
  const source = `import { appendFile } from 'node:fs/promises';
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/d/r/lambda' };
    async function calls(number, path = '/') {
      let done = 0;
      for (; done < number; done += 1) await fetch(process.env.AWS_ENDPOINT_URL + path, { headers }).then((one) => one.text());
      return done;
    }
    export async function handler(event) {
      await appendFile(${JSON.stringify(trace)}, event.tag + '\\n');
      return ${answer};
    }`;
  await writeFile(join(code, 'index.mjs'), source);
  const settings = { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: ROLE, Timeout: 30 };
  await host.service.putFunction(name, settings, code);
}

const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const invoke = (event: object, name = 'MyWorker') => host.service.invoke(arn(name), JSON.stringify(event));
const traced = async (): Promise<string[]> => (await readFile(trace, 'utf8')).split('\n').filter(Boolean);

test('an invocation is run twice, and is answered once', async () => {
  await appendFile(trace, '');
  faults.set({ rules: [{ function: 'worker', invocation: 'twice', times: 1 }] });
  expect((await invoke({ tag: 'a' })).payload).toBe('"a 0"');
  await until(async () => (await traced()).length === 2);
  await invoke({ tag: 'b' });
  expect(await traced()).toEqual(['a', 'a', 'b']);
});

test('an event comes twice', async () => {
  await appendFile(trace, '');
  faults.set({ rules: [{ function: 'WORKER', event: 'twice', times: 1 }] });
  await host.service.invokeAsync(arn('MyWorker'), JSON.stringify({ tag: 'e' }));
  await until(async () => (await traced()).length === 2);
  expect(await traced()).toEqual(['e', 'e']);
});

test('a process is killed at the call after so many, those of others do not count, and the next one is spared', async () => {
  faults.set({ rules: [{ function: 'worker', kill: { afterCalls: 3 }, times: 1 }] });
  expect(await invoke({ tag: 'o', calls: 9 }, 'Other')).toMatchObject({ payload: '"other"' });
  const killed = await invoke({ tag: 'k', calls: 4 });
  expect(killed).toMatchObject({ functionError: 'Unhandled', payload: expect.stringContaining('signal: killed') });
  expect((await invoke({ tag: 'k', calls: 4 })).payload).toBe('"k 4"');
});

test('an invocation that ends before its process would be killed is spared', async () => {
  faults.set({ rules: [{ function: 'worker', kill: { afterCalls: 3 } }] });
  expect((await invoke({ tag: 's', calls: 3 })).payload).toBe('"s 3"');
  expect((await invoke({ tag: 's', calls: 3 })).payload).toBe('"s 3"');
});

test('a process is killed after so long', async () => {
  faults.set({ rules: [{ function: 'worker', kill: { afterMilliseconds: 50 } }] });
  const killed = await invoke({ tag: 't', calls: 1_000_000 });
  expect(killed).toMatchObject({ functionError: 'Unhandled', payload: expect.stringContaining('signal: killed') });
});

test('the processes at work are killed at a path, which the service never sees, and those of other functions are not', async () => {
  faults.set({ rules: [{ function: 'worker', kill: { atPath: '/poison/7' }, times: 1 }] });
  expect((await invoke({ tag: 'p', calls: 2 })).payload).toBe('"p 2"');
  expect((await invoke({ tag: 'p', calls: 1, path: '/poison/71' }, 'Other')).payload).toBe('"other"');
  const killed = await invoke({ tag: 'p', calls: 1, path: '/poison/7?tagging' });
  expect(killed).toMatchObject({ functionError: 'Unhandled', payload: expect.stringContaining('signal: killed') });
  expect((await invoke({ tag: 'p', calls: 1, path: '/poison/7?tagging' })).payload).toBe('"p 1"');
  expect(faults.counts()).toMatchObject([{ happened: 1 }]);
});
