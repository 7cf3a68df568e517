// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how triggers have their variables
import { beforeEach, describe, expect, test } from '@jest/globals';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import { JOB, MINUTE, START, World } from './world.ts';

const FIRST = '2026-11-20T01-00Z';
const SECOND = '2026-11-21T01-00Z';

let world: World;
beforeEach(() => {
  world = new World();
});

/** Two reports, the second while the job of the first runs. */
async function fireTwice(): Promise<string> {
  world.putReport(FIRST);
  await world.reportEvent(FIRST);
  world.now += MINUTE;
  world.putReport(SECOND);
  await world.reportEvent(SECOND);
  return (await world.firings('nightly')).find(({ status }) => status === 'Created')?.jobId ?? '';
}

const statuses = async (): Promise<string[]> => (await world.firings('nightly')).map(({ status }) => status);

describe('while the trigger’s former job has not ended', () => {
  test('a firing waits (Queue), and makes its job in the minute after', async () => {
    await world.define('nightly', {});
    const former = await fireTwice();
    expect(await statuses()).toEqual(['Queued', 'Created']);
    expect((await world.firings('nightly'))[0]?.reason).toBe(`Job ${former} of this trigger is New.`);
    await world.sweep();
    expect(await statuses()).toEqual(['Queued', 'Created']);
    world.end(former);
    await world.sweep();
    expect(await statuses()).toEqual(['Created', 'Created']);
    expect(world.jobs.requests.size).toBe(2);
  });

  test('several wait in their order, one job at a time', async () => {
    await world.define('nightly', {});
    await fireTwice();
    world.now += MINUTE;
    world.putReport('2026-11-22T01-00Z');
    await world.reportEvent('2026-11-22T01-00Z');
    expect(await statuses()).toEqual(['Queued', 'Queued', 'Created']);
    world.endAll();
    await world.sweep();
    expect(await statuses()).toEqual(['Queued', 'Created', 'Created']);
  });

  test('a firing is skipped (Skip), and says for which job', async () => {
    await world.define('nightly', { Overlap: 'Skip' });
    const former = await fireTwice();
    const [skipped] = await world.firings('nightly');
    expect(skipped).toMatchObject({
      status: 'Skipped',
      reason: `Job ${former} of this trigger is New, and Overlap is Skip.`,
    });
    expect(world.counted).toEqual(['JobCreated', 'FiringSkipped']);
  });

  test('a firing makes its job beside it (Run)', async () => {
    await world.define('nightly', { Overlap: 'Run' });
    await fireTwice();
    expect(await statuses()).toEqual(['Created', 'Created']);
  });

  test('of more than a hundred that wait the newest is skipped', async () => {
    await world.define('nightly', { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Prefix: 'in/', Job: CSV_JOB });
    for (let n = 0; n <= 101; n += 1) {
      world.now += 1_000;
      world.put('lists', `in/${n}.csv`, String(n));
      await world.event('lists', `in/${n}.csv`);
    }
    const [last, ...others] = await world.firings('nightly');
    expect(last).toMatchObject({ status: 'Skipped', reason: expect.stringContaining('100 firings wait already') });
    expect(others.filter(({ status }) => status === 'Queued')).toHaveLength(99);
  });
});

const CSV_JOB = { ...JOB, Manifest: { Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } } };

describe('the job of a firing', () => {
  const made = () => [...world.jobs.requests.values()].map(({ request }) => request);

  test('has the report as its manifest, a tag, and the variables of its template filled in', async () => {
    const Job = { ...JOB, Description: '${trigger.sourceBucket} of ${trigger.reportDate}, $${trigger.key} ${key}' };
    await world.define('nightly', { Job });
    world.putReport(FIRST);
    await world.reportEvent(FIRST);
    expect(made()).toEqual([
      expect.objectContaining({
        Description: 'photos of 2026-11-20, ${trigger.key} ${key}',
        ConfirmationRequired: false,
        Priority: 10,
        Tags: [{ Key: 'drover:trigger', Value: 'nightly' }],
        Manifest: {
          Spec: { Format: 'S3InventoryReport_CSV_20161130' },
          Location: {
            ObjectArn: `arn:aws:s3:::inventories/photos/daily/${FIRST}/manifest.json`,
            ETag: expect.stringMatching(/^[0-9a-f]{32}$/),
          },
        },
      }),
    ]);
  });

  test('reads an inventory in Parquet as such, with the filter that the template has', async () => {
    const Filter = { KeyNameConstraint: { MatchAnyPrefix: ['a/'] } };
    await world.define('nightly', { Job: { ...JOB, Manifest: { Drover: { Filter } } } });
    world.putReport(FIRST, '', 'Parquet');
    await world.reportEvent(FIRST);
    const [firing] = await world.firings('nightly');
    expect(firing).toMatchObject({ status: 'Created' });
    expect(made()[0]?.Manifest?.Drover).toEqual({ Filter, Format: 'S3InventoryReport_Parquet' });
  });

  test('asks for confirmation where the template does', async () => {
    await world.define('nightly', { Job: { ...JOB, ConfirmationRequired: true } });
    world.putReport(FIRST);
    await world.reportEvent(FIRST);
    expect(made()[0]?.ConfirmationRequired).toBe(true);
  });

  test('has the object that arrived as its manifest, and a description that is not too long', async () => {
    const Job = { ...CSV_JOB, Description: 'all of ${trigger.key}' };
    const key = `in/${'long'.repeat(80)}.csv`;
    await world.define('dropped', { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Suffix: '.csv', Job });
    world.put('lists', key, 'b,k');
    await world.event('lists', key);
    await world.event('lists', 'in/other.txt');
    expect(made()).toHaveLength(1);
    expect(made()[0]?.Manifest?.Location.ObjectArn).toBe(`arn:aws:s3:::lists/${key}`);
    expect(made()[0]?.Description).toHaveLength(256);
  });
});

describe('a firing that can make no job fails, and says why', () => {
  const failure = async (): Promise<string | undefined> => {
    const [firing] = await world.firings('nightly');
    expect(firing?.status).toBe('Failed');
    expect(world.jobs.requests.size).toBe(0);
    expect(world.counted).toEqual(['FiringFailed']);
    return firing?.reason;
  };

  test('for an inventory in ORC', async () => {
    await world.define('nightly', {});
    world.putReport(FIRST, '', 'ORC');
    await world.reportEvent(FIRST);
    expect(await failure()).toContain('is in "ORC": Drover reads inventories in CSV and in Parquet');
  });

  test('for a manifest.json that is none', async () => {
    await world.define('nightly', {});
    world.put('inventories', `photos/daily/${FIRST}/manifest.json`, '<xml/>');
    world.put('inventories', `photos/daily/${FIRST}/manifest.checksum`, 'x');
    await world.reportEvent(FIRST);
    expect(await failure()).toContain('is not the manifest.json of an inventory');
  });

  test('for a checksum whose manifest.json never comes', async () => {
    await world.define('nightly', {});
    world.put('inventories', `photos/daily/${FIRST}/manifest.checksum`, 'x');
    await world.reportEvent(FIRST);
    await world.sweep();
    expect(await world.firings('nightly')).toEqual([]);
    world.now += 20 * MINUTE;
    await world.sweep();
    await world.sweep();
    expect(await failure()).toContain('no manifest.json');
  });

  test('for a template that is no request once it is filled in', async () => {
    const Report = { ...JOB.Report, Prefix: '${trigger.key}/'.repeat(12) };
    await world.define('nightly', { Job: { ...JOB, Report } });
    world.putReport(FIRST);
    await world.reportEvent(FIRST);
    expect(await failure()).toMatch(/Report\.Prefix must have 1 to 512 characters/);
  });

  test('for a role that jobs may not use', async () => {
    await world.define('nightly', { Job: { ...JOB, RoleArn: 'arn:aws:iam::123456789012:role/other' } });
    world.putReport(FIRST);
    await world.reportEvent(FIRST);
    expect(await failure()).toContain('Jobs may not use the role');
  });

  test('for a role that cannot be assumed, at once', async () => {
    await world.define('nightly', {});
    world.putReport(FIRST);
    world.refusal = new JobTrouble('RoleCannotBeAssumed', 'The role cannot be assumed: AccessDenied');
    await world.reportEvent(FIRST);
    await world.reportEvent(FIRST);
    await world.sweep();
    expect(await failure()).toContain('cannot be assumed');
    expect(await world.triggers.getProblem('nightly')).toMatchObject({ reason: expect.stringContaining('assumed') });
    world.refusal = undefined;
    await world.sweep();
    expect(await statuses()).toEqual(expect.arrayContaining(['Created', 'Failed']));
    expect(await world.triggers.getProblem('nightly')).toBeUndefined();
  });

  test('for what does not pass in a quarter of an hour', async () => {
    await world.define('nightly', { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Prefix: 'in/', Job: CSV_JOB });
    world.refusal = new Error('connect ECONNREFUSED');
    await world.event('lists', 'in/a.csv');
    expect(await world.firings('nightly')).toMatchObject([{ status: 'Pending', reason: 'connect ECONNREFUSED' }]);
    world.now += 16 * MINUTE;
    await world.sweep();
    expect(await failure()).toContain('ECONNREFUSED');
  });
});

describe('what is missed is found', () => {
  test('a report whose event never comes, within the minute', async () => {
    await world.define('nightly', {});
    world.putReport(FIRST);
    await world.sweep();
    expect(await world.firings('nightly')).toMatchObject([{ status: 'Created', cause: 'Listing' }]);
  });

  test('a report without a checksum, as soon as its manifest.json is a minute old', async () => {
    await world.define('nightly', { Prefix: 'photos' });
    world.putReport(FIRST);
    world.buckets.get('inventories')?.delete(`photos/daily/${FIRST}/manifest.checksum`);
    await world.sweep();
    expect(await world.firings('nightly')).toEqual([]);
    world.now += MINUTE;
    await world.sweep();
    expect(await statuses()).toEqual(['Created']);
  });

  test('an object whose event never comes, once, however often one looks', async () => {
    await world.define('nightly', {
      Kind: 'Object',
      Bucket: 'arn:aws:s3:::lists',
      Pattern: 'in/**/*.csv',
      Job: CSV_JOB,
    });
    world.put('lists', 'in/b/c.csv', 'x');
    world.put('lists', 'in/b/c.txt', 'x');
    world.put('lists', 'in/b/', '');
    for (let minute = 0; minute < 70; minute += 1) {
      await world.sweep();
      world.now += MINUTE;
    }
    expect(await world.firings('nightly')).toMatchObject([{ status: 'Created', subject: { key: 'in/b/c.csv' } }]);
  });
  test('many objects at once, a hundred a minute, each once', async () => {
    const lists = {
      Kind: 'Object',
      Bucket: 'arn:aws:s3:::lists',
      Prefix: 'in/',
      Job: CSV_JOB,
      Overlap: 'Run',
    } as const;
    await world.define('nightly', lists);
    for (let n = 0; n < 250; n += 1) world.put('lists', `in/${n}.csv`, String(n));
    for (const found of [100, 200, 250, 250]) {
      await world.sweep();
      expect(world.jobs.requests.size).toBe(found);
      world.now += MINUTE;
    }
  });
});

describe('a trigger', () => {
  test('that is disabled fires no more, and what waits is skipped', async () => {
    await world.define('nightly', {});
    await fireTwice();
    const trigger = (await world.triggers.get('nightly'))!;
    await world.triggers.put({ ...trigger, enabled: false, version: trigger.version + 1 });
    world.endAll();
    world.putReport('2026-11-22T01-00Z');
    await world.reportEvent('2026-11-22T01-00Z');
    await world.sweep();
    expect(await statuses()).toEqual(['Skipped', 'Created']);
  });

  test.each([
    [true, 'On'],
    [false, 'Off'],
    [undefined, 'Unknown'],
  ])('knows whether its bucket sends events: %s', async (sends, seen) => {
    await world.define('nightly', {});
    world.sendsEvents = sends;
    await world.sweep();
    expect(await world.triggers.getEvents('nightly')).toEqual({ sent: seen, at: new Date(START).toISOString() });
    world.sendsEvents = true;
    await world.sweep();
    expect(await world.triggers.getEvents('nightly')).toMatchObject({ sent: seen });
    world.now += 20 * MINUTE;
    await world.sweep();
    expect(await world.triggers.getEvents('nightly')).toMatchObject({ sent: 'On' });
  });

  test('whose own report would fire it makes no job', async () => {
    const Report = {
      Enabled: true,
      Bucket: 'arn:aws:s3:::lists',
      Prefix: '${trigger.key}',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    };
    const Job = { ...CSV_JOB, Report };
    await world.define('dropped', { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Prefix: 'in/', Job });
    world.put('lists', 'in/a.csv', 'x');
    await world.event('lists', 'in/a.csv');
    expect(await world.firings('dropped')).toMatchObject([
      { status: 'Failed', reason: expect.stringContaining('Report must be elsewhere') },
    ]);
  });

  test('that is deleted takes its rule and its firings with it', async () => {
    await world.define('dropped', { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Prefix: 'in/', Job: CSV_JOB });
    world.put('lists', 'in/a.csv', 'x');
    await world.sweep();
    expect([...world.rules.keys()]).toEqual(['dropped']);
    expect(JSON.parse(world.rules.get('dropped') ?? '')).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['lists'] }, object: { key: [{ prefix: 'in/' }] } },
    });
    const trigger = (await world.triggers.get('dropped'))!;
    await world.triggers.put({ ...trigger, enabled: false, deleting: true, version: trigger.version + 1 });
    await world.sweep();
    expect(world.rules.size + world.triggers.triggers.size + world.triggers.firings.size).toBe(0);
    expect(world.jobs.requests.size).toBe(1);
  });

  test('on a schedule fires once for each time, and after a standstill for the last one only', async () => {
    const generator = { SourceBucket: 'arn:aws:s3:::photos', EnableManifestOutput: false };
    const Job = {
      ...JOB,
      Description: '${trigger.date} ${trigger.time}',
      ManifestGenerator: { S3JobManifestGenerator: generator },
    };
    await world.triggers.put({
      ...(await templateOf()),
      definition: { Kind: 'Schedule', Schedule: 'rate(1 hour)', Job, Overlap: 'Run' },
    });
    for (let minute = 0; minute < 125; minute += 1) {
      await world.sweep();
      await world.sweep();
      world.now += MINUTE;
    }
    const times = async () =>
      (await world.firings('hourly')).map(({ subject }) => (subject.is === 'time' ? subject.at : ''));
    expect(await times()).toEqual(['2026-11-20T12:00:00.000Z', '2026-11-20T11:00:00.000Z']);
    world.now = START + 26.5 * 60 * MINUTE;
    await world.sweep();
    expect((await times())[0]).toBe('2026-11-21T12:00:00.000Z');
    expect(await times()).toHaveLength(3);
    expect([...world.jobs.requests.values()].map(({ request }) => request.Description)).toContain('2026-11-20 11-00');
  });

  async function templateOf() {
    await world.define('nightly', {});
    const { name: _, ...rest } = (await world.triggers.get('nightly'))!;
    return { ...rest, name: 'hourly' };
  }
});
