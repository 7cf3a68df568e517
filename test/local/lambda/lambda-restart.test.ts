import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, InvokeCommand, LambdaClient, Runtime } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findOnPath } from '../../../local/lambda/runtime.ts';
import { ROLE } from './lambda-host.ts';
import { until } from './until.ts';
import { zip } from './zip.ts';

const PROGRAM = join(import.meta.dirname, 'lambda-host.ts');

let folder: string;
let hosts: ChildProcess[] = [];

/** Starts a local Lambda in a process of its own. */
async function startHost(retryDelay = 0) {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, folder, String(retryDelay)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  hosts.push(child);
  const [line] = await once(child.stdout, 'data');
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new LambdaClient({ endpoint: String(line).trim(), region: 'us-east-1', credentials, maxAttempts: 1 });
  return { child, client };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function create(client: LambdaClient, FunctionName: string, source: string): Promise<void> {
  const Code = { ZipFile: await zip({ 'index.mjs': source }) };
  const settings = { Runtime: Runtime.nodejs22x, Handler: 'index.handler', Role: ROLE, Timeout: 30 };
  await client.send(new CreateFunctionCommand({ FunctionName, ...settings, Code }));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-'));
});

afterEach(async () => {
  await Promise.all(hosts.map(kill));
  hosts = [];
  await rm(folder, { recursive: true });
});

describe('when the local Lambda is killed', () => {
  test('its functions are there after the next start, and its accepted events are run', async () => {
    const first = await startHost(100_000);
    const file = join(folder, 'handled');
    await create(
      first.client,
      'append',
      `import { appendFileSync } from 'node:fs';
       export const handler = async (event) => {
         appendFileSync(event.file, event.name + ' ');
         if (event.name === 'stuck') await new Promise((resolve) => setTimeout(resolve, 60_000));
         return event.name;
       };`,
    );
    const send = (client: LambdaClient, name: string, InvocationType: 'Event' | 'RequestResponse') =>
      client.send(
        new InvokeCommand({ FunctionName: 'append', InvocationType, Payload: JSON.stringify({ file, name }) }),
      );
    await send(first.client, 'stuck', 'Event');
    const handled = () => readFile(file, 'utf8').catch(() => '');
    await until(async () => (await handled()) === 'stuck ');
    await kill(first.child);

    const second = await startHost();
    await until(async () => (await handled()) === 'stuck stuck ');
    const answer = await send(second.client, 'now', 'RequestResponse');
    expect(answer.Payload?.transformToString()).toBe('"now"');
  });

  test('every process that it has started ends with it, even in a busy loop', async () => {
    const { child, client } = await startHost();
    const file = join(folder, 'pid');
    await create(
      client,
      'idle',
      `import { writeFileSync } from 'node:fs';
       export const handler = async (event) => {
         if (event.file) { writeFileSync(event.file, String(process.pid)); for (;;); }
         return process.pid;
       };`,
    );
    const answer = await client.send(new InvokeCommand({ FunctionName: 'idle' }));
    const idle = Number(answer.Payload?.transformToString());
    client.send(new InvokeCommand({ FunctionName: 'idle', Payload: JSON.stringify({ file }) })).catch(() => {});
    const busy = async () => Number(await readFile(file, 'utf8').catch(() => '0'));
    await until(async () => (await busy()) > 0);
    expect(isRunning(await busy())).toBe(true);
    // The one that is busy is the one that was idle; another is started for this.
    const other = await client.send(new InvokeCommand({ FunctionName: 'idle' }));
    const pids = [idle, await busy(), Number(other.Payload?.transformToString())];
    await kill(child);
    if (findOnPath('setpriv') === undefined) {
      console.warn('Without setpriv a busy loop outlives its parent: the test ends that process itself');
      process.kill(await busy(), 'SIGKILL');
    }
    await until(() => !pids.some(isRunning));
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
