import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeDrover } from './support/fake-drover.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/drover.js', import.meta.url));
const JOB = { JobId: '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c', Status: 'Active', Description: 'x'.repeat(200) };

let drover: FakeDrover;

beforeEach(async () => {
  drover = await FakeDrover.start(() => ({ body: { Jobs: Array.from({ length: 1_000 }, () => JOB) } }));
});

afterEach(() => drover.close());

function launch(...argv: string[]) {
  const { NODE_OPTIONS: _jest, ...env } = process.env;
  return spawn(process.execPath, [LAUNCHER, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(...argv: string[]) {
  const child = launch(...argv);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code };
}

describe('bin/drover.js', () => {
  test('runs a command as a process of its own, exit code and all', async () => {
    expect(await run('jobs', 'list', '--json', '--endpoint', drover.endpoint)).toMatchObject({ code: 0, stderr: '' });
    expect(await run('jobs', 'lst')).toMatchObject({ code: 2, stdout: '' });
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('ends quietly when nobody reads on', async () => {
    const child = launch('jobs', 'list', '--json', '--limit', '1000', '--endpoint', drover.endpoint);
    child.stdout.once('data', () => child.stdout.destroy());
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test('says where nothing answers, S3 as well as the API', async () => {
    await drover.close();
    const flags = [
      '--manifest',
      's3://a/b',
      '--operation',
      'put-object-tagging',
      '--tags',
      'a=b',
      '--no-report',
      '--role-arn',
      'r',
    ];
    const { stderr, code } = await run('jobs', 'create', ...flags, '--endpoint', drover.endpoint);
    expect({ stderr, code }).toEqual({
      stderr: `drover: Nothing answers at ${drover.endpoint}. Start the local cloud with: drover start\n`,
      code: 1,
    });
  });

  test('passes Ctrl-C on', async () => {
    const active = await FakeDrover.start(() => ({ body: { Job: JOB } }));
    const child = launch('jobs', 'watch', JOB.JobId, '--endpoint', active.endpoint);
    child.stdout.once('data', () => child.kill('SIGINT'));
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    await active.close();
    expect(stdout).toContain('The job goes on.');
    expect(code).toBe(130);
  });
});
