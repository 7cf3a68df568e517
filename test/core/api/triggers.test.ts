// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how triggers have their variables
import { beforeEach, describe, expect, test } from '@jest/globals';
import { storeTrigger, withdrawTrigger } from '../../../core/api/triggers.ts';
import { sweepTriggers } from '../../../core/triggers/sweep-triggers.ts';
import { ACCOUNT, TestApi } from './fixtures.ts';

const TRIGGERS = '/v20180820/triggers';
const JOB = {
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: '${trigger.reportDate}' }] } },
  Report: { Enabled: false },
  RoleArn: `arn:aws:iam::${ACCOUNT}:role/drover/r`,
};
const INVENTORY = { Kind: 'Inventory' as const, Bucket: 'arn:aws:s3:::inventories', Prefix: 'photos/daily/', Job: JOB };

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

const put = (name: string, definition: unknown) => api.json('PUT', `${TRIGGERS}/${name}`, definition);
const described = async (name: string) => (await api.json('GET', `${TRIGGERS}/${name}`)).body['Trigger'];

test('a trigger is created, listed, described, disabled, enabled and deleted', async () => {
  expect(await put('nightly', INVENTORY)).toEqual({ status: 200, body: { Name: 'nightly' } });
  const shown = {
    Name: 'nightly',
    Kind: 'Inventory',
    Bucket: 'arn:aws:s3:::inventories',
    Prefix: 'photos/daily/',
    Enabled: true,
    DefinedBy: 'api',
    CreationTime: '2026-01-02T03:04:05.678Z',
    LastChangeTime: '2026-01-02T03:04:05.678Z',
  };
  expect((await api.json('GET', TRIGGERS)).body).toEqual({ Triggers: [shown] });
  expect(await described('nightly')).toEqual({ ...shown, Job: JOB, Firings: [] });
  await api.json('POST', `${TRIGGERS}/nightly/disable`);
  expect(await described('nightly')).toMatchObject({ Enabled: false });
  await api.json('POST', `${TRIGGERS}/nightly/enable`);
  expect(await described('nightly')).toMatchObject({ Enabled: true });
  await api.json('DELETE', `${TRIGGERS}/nightly`);
  expect(await described('nightly')).toMatchObject({ Enabled: false, Deleting: true });
  expect(await put('nightly', INVENTORY)).toMatchObject({
    body: { Message: expect.stringContaining('being deleted') },
  });
  expect(api.triggerCalls).toEqual(['nightly', 'nightly', 'nightly', 'nightly']);
});

test('what a trigger watches counts from when it watches it', async () => {
  const since = async () => (await api.triggers.get('nightly'))?.since;
  const at = (minute: number) => {
    api.now = new Date(Date.UTC(2026, 0, 2, 4, minute));
  };
  at(0);
  await put('nightly', INVENTORY);
  at(1);
  await put('nightly', { ...INVENTORY, Overlap: 'Run', Job: { ...JOB, Priority: 3 } });
  expect(await since()).toBe('2026-01-02T04:00:00.000Z');
  at(2);
  await put('nightly', { ...INVENTORY, Prefix: 'other/' });
  expect(await since()).toBe('2026-01-02T04:02:00.000Z');
  await api.json('POST', `${TRIGGERS}/nightly/disable`);
  at(3);
  await api.json('POST', `${TRIGGERS}/nightly/enable`);
  expect(await since()).toBe('2026-01-02T04:03:00.000Z');
});

describe('a trigger is refused', () => {
  const object = { Kind: 'Object', Bucket: 'arn:aws:s3:::lists', Prefix: 'in/' };
  const csv = { Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } };
  const plain = { ...JOB, Operation: { S3PutObjectTagging: { TagSet: [] } } };
  const withJob = (more: object) => ({ ...INVENTORY, Job: { ...JOB, ...more } });

  test.each<[string, unknown, RegExp]>([
    ['without a kind', { Job: JOB }, /Kind is missing/],
    [
      'without a bucket',
      { Kind: 'Inventory', Job: JOB },
      /Bucket is missing: a trigger of the kind Inventory needs it/,
    ],
    ['with a bare bucket', { ...INVENTORY, Bucket: 'inventories' }, /Bucket must be the ARN of a bucket/],
    ['for any object of a bucket', { Kind: 'Object', Bucket: object.Bucket, Job: plain }, /Prefix, Suffix or Pattern/],
    ['with a glob that is none', { ...object, Pattern: 'a[', Job: plain }, /Pattern has a \[/],
    [
      'with members of another kind',
      { ...INVENTORY, Schedule: 'rate(1 hour)' },
      /Schedule is not for triggers of the kind/,
    ],
    ['with a schedule that is none', { Kind: 'Schedule', Schedule: 'daily', Job: plain }, /Schedule must be like rate/],
    [
      'with a time zone that is none',
      { Kind: 'Schedule', Schedule: 'rate(1 hour)', TimeZone: 'Mars/Olympus', Job: plain },
      /TimeZone must be the name of a time zone/,
    ],
    [
      'on a schedule without tasks',
      { Kind: 'Schedule', Schedule: 'rate(1 hour)', Job: plain },
      /Job\.Manifest is missing/,
    ],
    ['with a token', withJob({ ClientRequestToken: 'x' }), /Job\.ClientRequestToken must not be there/],
    [
      'with a manifest',
      withJob({ Manifest: { Location: {} } }),
      /Job\.Manifest\.Location must not be there: .* report/,
    ],
    ['with a generator', withJob({ ManifestGenerator: {} }), /Job\.ManifestGenerator must not be there/],
    ['without the format of objects', { ...object, Job: plain }, /Job\.Manifest\.Spec is missing/],
    ['without a role', { ...INVENTORY, Job: { ...JOB, RoleArn: undefined } }, /Job\.RoleArn is missing/],
    ['with an operation that is none', withJob({ Operation: { S3Put: {} } }), /Job\.Operation\.S3Put is not a member/],
    [
      'with a variable that there is not',
      { ...object, Job: { ...JOB, Manifest: csv } },
      /Job\.Operation\..*Value has \$\{trigger\.reportDate\}, which there is not; .* Object has .*\$\{trigger\.fileName\}/,
    ],
    [
      'that lets a firing choose the role',
      withJob({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/drover/\${trigger.sourceBucket}` }),
      /Job\.RoleArn must have no variables/,
    ],
    [
      'whose own report would fire it',
      {
        ...object,
        Job: {
          ...plain,
          Manifest: csv,
          Report: {
            Enabled: true,
            Bucket: 'arn:aws:s3:::lists',
            Prefix: 'in/reports',
            Format: 'Report_CSV_20180820',
            ReportScope: 'AllTasks',
          },
        },
      },
      /Job\.Report must be elsewhere/,
    ],
    ['with a comparison of reports', { ...INVENTORY, Deduplicate: true }, /Deduplicate is not a member/],
    ['with webhooks', { ...INVENTORY, Webhook: 'https://example.com' }, /Webhook is not a member/],
  ])('%s', async (_, definition, message) => {
    const { status, body } = await put('nightly', definition);
    expect([status, body['Code']]).toEqual([400, 'BadRequestException']);
    expect(body['Message']).toMatch(message);
    expect(await api.triggers.list()).toEqual([]);
  });

  test('for a role that jobs may not use', async () => {
    const { status, body } = await put('nightly', withJob({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/admin` }));
    expect([status, body['Code']]).toEqual([403, 'AccessDenied']);
  });

  test.each(['', 'a'.repeat(33), '.hidden', 'with%20space', 'a%2Fb'])('for the name "%s"', async (name) => {
    expect((await put(name, INVENTORY)).status).toBeGreaterThanOrEqual(400);
    expect(await api.triggers.list()).toEqual([]);
  });
});

test('a trigger that a stack declares is changed by the stack alone', async () => {
  await storeTrigger('nightly', INVENTORY, 'stack', api.context);
  const refused = { Code: 'InvalidRequestException', Message: expect.stringContaining('declared by a stack') };
  expect((await put('nightly', INVENTORY)).body).toMatchObject(refused);
  expect((await api.json('DELETE', `${TRIGGERS}/nightly`)).body).toMatchObject(refused);
  expect((await api.json('POST', `${TRIGGERS}/nightly/disable`)).body).toMatchObject(refused);
  expect((await api.json('POST', `${TRIGGERS}/nightly/fire?clientRequestToken=a`)).status).toBe(200);
  await withdrawTrigger('nightly', api.context);
  expect(await api.triggers.get('nightly')).toMatchObject({ deleting: true });
});

test('a stack does not take a trigger that callers made', async () => {
  await put('nightly', INVENTORY);
  await expect(storeTrigger('nightly', INVENTORY, 'stack', api.context)).rejects.toThrow(/made over the API/);
  await withdrawTrigger('nightly', api.context);
  expect(await api.triggers.get('nightly')).toMatchObject({ enabled: true, definedBy: 'api' });
});

describe('a trigger fires at a request', () => {
  const fire = (query: string) => api.json('POST', `${TRIGGERS}/nightly/fire?${query}`);

  test('once for each token, and shows it', async () => {
    await put('nightly', INVENTORY);
    const first = await fire('clientRequestToken=one');
    expect(await fire('clientRequestToken=one')).toEqual(first);
    await fire('clientRequestToken=two&key=photos/daily/2026-01-01T01-00Z/manifest.json');
    expect(await described('nightly')).toMatchObject({
      Firings: expect.arrayContaining([
        expect.objectContaining({ FiringId: first.body['FiringId'], Status: 'Pending', Cause: 'Request' }),
        expect.objectContaining({ Bucket: 'inventories', Key: 'photos/daily/2026-01-01T01-00Z/manifest.json' }),
      ]),
    });
  });

  test.each([
    ['key=photos/data.csv.gz&clientRequestToken=a', /must be that of a report/],
    ['key=a', /ClientRequestToken is missing/],
  ])('not with %s', async (query, message) => {
    await put('nightly', INVENTORY);
    expect((await fire(query)).body).toMatchObject({ Message: expect.stringMatching(message) });
  });

  test('not where there is none', async () => {
    expect((await fire('clientRequestToken=a')).body).toMatchObject({ Code: 'NotFoundException' });
  });
});

test('the routes of triggers speak JSON only', async () => {
  const answer = await api.send('GET', TRIGGERS, '', { accept: 'application/xml' });
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('speaks JSON only') });
});

test('there are at most a hundred', async () => {
  for (let n = 0; n < 100; n += 1) await put(`t${n}`, INVENTORY);
  expect((await put('more', INVENTORY)).body).toMatchObject({
    Message: expect.stringContaining('100 triggers already'),
  });
  expect((await put('t1', { ...INVENTORY, Overlap: 'Run' })).status).toBe(200);
});

test('a firing that was asked for is made by the sweep, for the newest report', async () => {
  await put('nightly', INVENTORY);
  await api.json('POST', `${TRIGGERS}/nightly/fire?clientRequestToken=a`);
  const head = { key: 'photos/daily/2025-12-31T01-00Z/manifest.json', etag: 'e', size: 1, lastModified: 0 };
  await sweepTriggers({
    ...api.context,
    rules: { put: async () => {}, remove: async () => {} },
    openObjects: () => ({
      sendsEvents: async () => undefined,
      head: async (_bucket, key) => (key === head.key ? head : undefined),
      read: async () => JSON.stringify({ fileFormat: 'CSV', files: [], sourceBucket: 'photos' }),
      list: async () => ({
        objects: [],
        folders: [
          'photos/daily/2025-12-30T01-00Z/',
          'photos/daily/2025-12-31T01-00Z/',
          'photos/daily/2026-01-01T01-00Z/',
        ],
        truncated: false,
      }),
    }),
    oldReports: new Map(),
    count: () => {},
    log: () => {},
  });
  expect(await described('nightly')).toMatchObject({ Firings: [{ Status: 'Created', JobId: expect.any(String) }] });
  const [stored] = api.jobs.requests.values();
  expect(stored?.request.Manifest?.Location.ObjectArn).toBe(`arn:aws:s3:::inventories/${head.key}`);
});
