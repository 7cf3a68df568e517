import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keysOf, s3ControlOf, s3Of, tagJob, untilEnded } from './support/clients.ts';
import { LocalCloud } from './support/local-cloud.ts';
import { noBoto3, oldAwsCli } from './support/machine.ts';
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
    expect(blocks).toHaveLength(6);
    const [prepare = '', tag = '', checksum = '', size = '', manifests = '', others = ''] = blocks;
    await terminal.run(prepare);

    const tagged = await terminal.run(tag);
    expect(tagged).toContain('Complete: all 3 tasks succeeded');
    expect(tagged).toMatch(/"Key": "stage",\s+"Value": "reviewed"/);
    expect(await objectsWithout('project=atlas,stage=reviewed')).toEqual([]);

    expect(await reportOf(jobIn(await terminal.run(checksum)))).toEqual(
      await expectedReport((content) => createHash('sha256').update(content).digest('hex')),
    );

    if (!noBoto3()) {
      expect(await reportOf(jobIn(await terminal.run(size)))).toEqual(
        await expectedReport((content) => String(content.length)),
      );
    }

    await everyManifest(manifests);
    await otherOperations(others);
  }, 240_000);

  test('README.md: what a job can do', async () => {
    const [look = '', ...more] = await shellBlocks('README.md', 'What a job can do');
    expect(more).toEqual([]);
    expect(await terminal.run(look)).toMatch(/^put-object-copy +Copies .*TargetResource: The bucket to copy to/ms);
  }, 60_000);

  test('docs/clients.md: what S3 does not have', async () => {
    const [prepare = ''] = await shellBlocks('examples/README.md');
    const [post = '', ...more] = await shellBlocks('docs/clients.md', 'What S3 does not have');
    expect(more).toEqual([]);
    await terminal.run(`${prepare}\nexport ETAG=$(${ETAG})`);
    const { JobId } = JSON.parse(await terminal.run(`export ETAG=$(${ETAG})\n${post}`)) as { JobId: string };
    expect(await ended(JobId)).toMatchObject({ Status: 'Complete', ProgressSummary: { NumberOfTasksSucceeded: 3 } });

    if (noBoto3()) return;
    const made = await terminal.run(`python3 - "$ETAG" <<'END'\n${await boto3Script()}END`);
    expect(await ended(made.trim())).toMatchObject({ Status: 'Complete' });
    expect(await reportOf(made.trim())).toEqual(await expectedReport(() => 'Would replace 0 tags by 1'));
  }, 120_000);
});

/** What the document tells users of boto3, and a job that is made so; prints its id. */
async function boto3Script(): Promise<string> {
  const document = await readFile('docs/clients.md', 'utf8');
  const [client = '', dryRun = ''] = [...document.matchAll(/^```python\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const { Manifest, Report, ...input } = tagJob({ arn: 'arn:aws:s3:::examples/manifest.csv', etag: 'ETAG' });
  const job = JSON.stringify({ ...input, Manifest, Report: { ...Report, Bucket: 'arn:aws:s3:::examples' } });
  return `import json, sys
${client}
${dryRun}
job = json.loads(r'''${job}''')
job['Manifest']['Location']['ETag'] = sys.argv[1]
print(control.create_job(**job)['JobId'])
`;
}

/** The ETag of the examples' manifest. */
const ETAG = 'aws s3api head-object --bucket examples --key manifest.csv --query ETag --output text';

/** Objects that the job of each manifest finds; all of them unless a filter, or an earlier report, leaves some out. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  'examples/manifests/csv-inventory.yaml': Object.keys(OBJECTS).slice(0, 2),
  'examples/manifests/parquet.yaml': Object.keys(OBJECTS).slice(0, 2),
  'examples/table.yaml': Object.keys(OBJECTS).slice(0, 2),
  'examples/manifests/failed.yaml': Object.keys(OBJECTS).slice(1),
};

/** Makes the examples' manifests and runs the job of each, line by line: no file of the folder is left out. */
async function everyManifest(block: string): Promise<void> {
  const [make = '', ...jobs] = block.trimEnd().split('\n');
  await terminal.run(make);
  const files = jobs.map((line) => /--file (\S+)/.exec(line)?.[1] ?? '');
  const there = (await readdir('examples/manifests')).filter((name) => name.endsWith('.yaml'));
  expect(files).toEqual(expect.arrayContaining(there.map((name) => `examples/manifests/${name}`)));
  for (const [index, line] of jobs.entries()) {
    const expected = FOUND[files[index] ?? ''] ?? Object.keys(OBJECTS);
    const said = await terminal.run(line);
    expect(said).toContain(`Complete: all ${expected.length} tasks succeeded`);
    const [, jobId = ''] = /^Created job (.*)$/m.exec(said) ?? [];
    const lines = await reportOf(jobId);
    const keys = lines.map((each) => decodeURIComponent(each.split(',')[1]?.replaceAll('+', '%20') ?? ''));
    expect(keys.sort()).toEqual(expected.map((key) => OBJECTS[key as keyof typeof OBJECTS]).sort());
  }
  expect(await owners()).toEqual({ [KEYS[0] ?? '']: 'ann', [KEYS[1] ?? '']: 'bob', [KEYS[2] ?? '']: 'nobody' });
}

/** What the job whose tags come from its manifest has written. */
async function owners(): Promise<Record<string, string | undefined>> {
  const s3 = s3Of(cloud);
  try {
    const found = KEYS.map(async (Key) => {
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: 'examples', Key }));
      return [Key, TagSet?.find((tag) => tag.Key === 'owner')?.Value] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  } finally {
    s3.destroy();
  }
}

/** Runs the examples' other jobs, line by line, and looks at what each has done. */
async function otherOperations(block: string): Promise<void> {
  const jobs: string[][] = [];
  for (const line of block.trimEnd().split('\n')) jobs.push(await reportOf(finishedJobIn(await terminal.run(line))));
  const [merged = [], inspected = [], copied = [], moved = [], dry = [], deleted = []] = jobs;
  expect(jobs).toHaveLength(6);
  expect([merged, copied, deleted]).toEqual(Array(3).fill(await expectedReport(() => 'Successful')));
  for (const line of inspected) expect(line).toMatch(/""storageClass"":""STANDARD"".*""seen"":""yes""/);
  expect(moved.map((line) => line.replace('copies/', 'objects/'))).toEqual(copied);
  expect(dry).toHaveLength(3);
  for (const line of dry) expect(line).toMatch(/,succeeded,200,,Would delete the object of \d+ bytes/);
  const s3 = s3Of(cloud);
  const keys = await keysOf(s3, 'examples');
  s3.destroy();
  const names = KEYS.map((key) => key.replace('objects/', ''));
  expect(keys.filter((key) => key.startsWith('moved/')).sort()).toEqual(names.map((name) => `moved/${name}`).sort());
  expect(keys.filter((key) => /^(objects|copies)\//.test(key))).toEqual([]);
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
  return finishedJobIn(output);
}

/** The same, whatever it says of its end but that no task failed. */
function finishedJobIn(output: string): string {
  expect(output).toMatch(/Complete: (all 3 tasks succeeded|a dry run, .* All 3 tasks would succeed)/);
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
