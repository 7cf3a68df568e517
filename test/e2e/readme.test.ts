import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { s3ControlOf, s3Of, untilEnded } from './support/clients.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { noBoto3 } from './support/machine.ts';
import { untagged } from './support/objects.ts';
import { shellBlocks, Terminal } from './support/readme.ts';

/** Manifest's spelling → file, of the three objects of examples/. */
const OBJECTS = {
  'objects/plain.txt': 'objects/plain.txt',
  'objects/with+some+spaces.txt': 'objects/with some spaces.txt',
  'objects/100%25+a%2Bb%2C+c.txt': 'objects/100% a+b, c.txt',
};
const KEYS = Object.values(OBJECTS);

let cloud: LocalCloud;
let terminal: Terminal;

const suite = oldAwsCli() ? describe.skip : describe;

suite('what the documents tell a new user to type', () => {
  beforeEach(async () => {
    cloud = await LocalCloud.start();
    terminal = await Terminal.open(cloud);
  }, 150_000);

  afterEach(async () => {
    await terminal.close();
    await cloud.remove();
  });

  test('README.md: a first job', async () => {
    const [start = '', awsCli = '', drover = '', ...others] = await shellBlocks('README.md', 'A first job');
    expect(start).toMatch(/^npm start /);
    expect(others).toEqual([]);

    const [, jobId = ''] = /"JobId": "(.*)"/.exec(await terminal.run(awsCli)) ?? [];
    expect(await ended(jobId)).toMatchObject({ Status: 'Complete' });
    expect(await objectsWithout('project=atlas')).toEqual([]);
    expect(await reportOf(jobId)).toEqual(await expectedReport(() => 'Successful'));

    const said = await terminal.run(drover);
    expect(said).toContain('Complete: all 3 tasks succeeded');
    expect(said).toMatch(/^[-0-9a-f]{36} +Complete .*\n[-0-9a-f]{36} +Complete /m);
    expect(await objectsWithout('project=atlas,stage=reviewed')).toEqual([]);
  }, 120_000);

  test('examples/README.md', async () => {
    const blocks = await shellBlocks('examples/README.md');
    expect(blocks).toHaveLength(4);
    const [prepare = '', tag = '', checksum = '', size = ''] = blocks;
    await terminal.run(prepare);

    const tagged = await terminal.run(tag);
    expect(tagged).toContain('Complete: all 3 tasks succeeded');
    expect(tagged).toMatch(/"Key": "stage",\s+"Value": "reviewed"/);
    expect(await objectsWithout('project=atlas,stage=reviewed')).toEqual([]);

    expect(await reportOf(jobIn(await terminal.run(checksum)))).toEqual(
      await expectedReport((content) => createHash('sha256').update(content).digest('hex')),
    );

    if (noBoto3()) return;
    expect(await reportOf(jobIn(await terminal.run(size)))).toEqual(
      await expectedReport((content) => String(content.length)),
    );
  }, 180_000);
});

/** Whether the AWS CLI is not there, or does not know AWS_ENDPOINT_URL yet; says so. */
function oldAwsCli(): boolean {
  const { stdout } = spawnSync('aws', ['--version'], { encoding: 'utf8' });
  const [, major = 0, minor = 0] = (/^aws-cli\/(\d+)\.(\d+)/.exec(stdout ?? '') ?? []).map(Number);
  const knows = major === 1 ? minor >= 29 : major > 2 || (major === 2 && minor >= 13);
  if (!knows) {
    const found = major === 0 ? 'there is no AWS CLI' : `the AWS CLI is ${major}.${minor}`;
    console.warn(
      `SKIPPED: the documents need AWS CLI 1.29, 2.13 or newer, and ${found}: their commands are not tested.`,
    );
  }
  return !knows;
}

async function ended(jobId: string) {
  const control = s3ControlOf(cloud);
  try {
    return await untilEnded(control, jobId);
  } finally {
    control.destroy();
  }
}

async function objectsWithout(tags: string): Promise<string[]> {
  const s3 = s3Of(cloud);
  try {
    return await untagged(s3, 'examples', KEYS, tags);
  } finally {
    s3.destroy();
  }
}

/** The job that a block has created and seen to its end. */
function jobIn(output: string): string {
  expect(output).toContain('Complete: all 3 tasks succeeded');
  const [, jobId = ''] = /^Created job (.*)$/m.exec(output) ?? [];
  return jobId;
}

async function reportOf(jobId: string): Promise<string[]> {
  const printed = await terminal.run(`npx drover report ${jobId}`);
  return printed.trim().split(/\r?\n/).sort();
}

/** A line for each object, with what is to be told of its content. */
async function expectedReport(tell: (content: Buffer) => string): Promise<string[]> {
  const lines = Object.entries(OBJECTS).map(async ([spelled, key]) => {
    return `examples,${spelled},,succeeded,200,,${tell(await readFile(`examples/${key}`))}`;
  });
  return (await Promise.all(lines)).sort();
}
