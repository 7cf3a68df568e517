import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, GetObjectCommand, GetObjectTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeClient, startS3 } from './s3-harness.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-s3-crash-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function startChild(): Promise<{ child: ChildProcess; port: number }> {
  const script = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, port: Number(line.toString()) };
}

/** Small and large bodies, so that both ways of storing them are in flight. */
const bodyOf = (n: number) => `${n} `.repeat(n % 5 === 0 ? 50_000 : 10);

/** Writes until the server dies; returns what it has acknowledged. */
async function writeUntilKilled(port: number, from: number, kill: () => void): Promise<number[]> {
  const client = makeClient(port);
  const acknowledged: number[] = [];
  let next = from;
  let alive = true;
  const writer = async () => {
    while (alive) {
      const n = next++;
      const asked = { Bucket: 'bucket', Key: `key-${n}`, Body: bodyOf(n), Tagging: `n=${n}` };
      try {
        await client.send(new PutObjectCommand(asked));
        acknowledged.push(n);
      } catch {
        alive = false;
      }
      if (acknowledged.length >= 60) kill();
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
  client.destroy();
  return acknowledged;
}

test('what was acknowledged is there after SIGKILL, whole, and again after the next', async () => {
  const acknowledged: number[] = [];
  for (let round = 0; round < 2; round++) {
    const { child, port } = await startChild();
    if (round === 0) await makeClient(port).send(new CreateBucketCommand({ Bucket: 'bucket' }));
    const exited = once(child, 'exit');
    acknowledged.push(...(await writeUntilKilled(port, round * 10_000, () => child.kill('SIGKILL'))));
    await exited;
  }
  const s3 = await startS3({ folder });
  expect(acknowledged.length).toBeGreaterThanOrEqual(120);
  for (const n of acknowledged) {
    const asked = { Bucket: 'bucket', Key: `key-${n}` };
    const got = await s3.client.send(new GetObjectCommand(asked));
    expect((await got.Body?.transformToString()) === bodyOf(n)).toBe(true);
    const { TagSet } = await s3.client.send(new GetObjectTaggingCommand(asked));
    expect(TagSet).toEqual([{ Key: 'n', Value: String(n) }]);
  }
  await s3.stop();
});

test('files that no object came to name are swept away at the next start', async () => {
  const s3 = await startS3({ folder });
  const Bucket = await s3.bucket();
  await s3.client.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: Buffer.alloc(100_000) }));
  await s3.stop();
  const files = async () =>
    (await readdir(join(folder, 'bodies'), { recursive: true })).filter((name) => name.length > 2);
  const [kept] = await files();
  await writeFile(join(folder, 'bodies', '00', 'orphan00'), 'left by a crash');
  const again = await startS3({ folder });
  expect(await files()).toEqual([kept]);
  await again.stop();
});
