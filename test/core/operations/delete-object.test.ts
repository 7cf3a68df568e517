import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deleteObject } from '../../../core/operations/delete-object.ts';
import type { Task } from '../../../core/operations/operation.ts';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { ABSENT, LOCKED, locked, versionsOf, watched } from './delete/deletion-harness.ts';
import { BAD_VERSION, current, type LocalS3, NO_BUCKET, SUCCESSFUL, startLocalS3, taskOf } from './local-s3.ts';
import { whyRefused } from './why-refused.ts';

let local: LocalS3;
let plain: string;
let versioned: string;
beforeAll(async () => {
  local = await startLocalS3();
  plain = await local.s3.bucket();
  versioned = await local.s3.bucket({ versioned: true });
});
afterAll(() => local.stop());

const inBatch = (tasks: readonly Task[], context = local.context): Promise<readonly TaskResult[]> =>
  deleteObject.batch!.execute(tasks, {}, context);

/** One task by itself, and the same among others: both must end alike. */
const WAYS: readonly (readonly [string, (task: Task) => Promise<TaskResult | undefined>])[] = [
  ['by itself', (task) => deleteObject.execute(task, {}, local.context)],
  [
    'in a batch',
    async (task) => {
      const [before, after] = [await local.put({ Bucket: plain }), taskOf(task.bucket, 'another')];
      return (await inBatch([before, task, after]))[1];
    },
  ],
];

describe.each(WAYS)('DeleteObject, %s', (_, execute) => {
  test('deletes an object, and finds nothing to do the second time', async () => {
    const task = await local.put({ Bucket: plain });
    expect([await execute(task), await execute(task)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await versionsOf(local, plain, task.key)).toEqual([]);
  });

  test('puts a marker over the current version, and another the second time', async () => {
    const task = current(await local.put({ Bucket: versioned }));
    expect([await execute(task), await execute(task)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await versionsOf(local, versioned, task.key)).toEqual([
      `${task.key} version`,
      `${task.key} marker`,
      `${task.key} marker`,
    ]);
  });

  test('deletes the version that the manifest names, and no other', async () => {
    const old = await local.put({ Bucket: versioned });
    await local.put({ Bucket: versioned, Key: old.key });
    expect([await execute(old), await execute(old)]).toEqual([SUCCESSFUL, SUCCESSFUL]);
    expect(await versionsOf(local, versioned, old.key)).toEqual([`${old.key} version`]);
  });

  test('deletes a delete marker', async () => {
    const task = await local.put({ Bucket: versioned });
    const { VersionId } = await local.s3.client.send(new DeleteObjectCommand({ Bucket: versioned, Key: task.key }));
    expect(await execute(taskOf(versioned, task.key, VersionId))).toEqual(SUCCESSFUL);
    expect(await versionsOf(local, versioned, task.key)).toEqual([`${task.key} version`]);
  });

  test.each<[string, () => Promise<Task>, object]>([
    ['a key that is not there', async () => taskOf(plain, 'not/there'), SUCCESSFUL],
    ['a version that is not there', async () => taskOf(versioned, 'not/there', ABSENT), SUCCESSFUL],
    ['what cannot be a version', async () => taskOf(versioned, 'not/there', 'v1'), BAD_VERSION],
    ['a bucket that is not there', async () => taskOf('no-such-bucket', 'a'), NO_BUCKET],
    ['a version under retention', () => locked(local, 'retention'), LOCKED],
    ['a version under legal hold', () => locked(local, 'legal hold'), LOCKED],
  ])('says of %s what S3 does, twice', async (_, made, line) => {
    const task = await made();
    expect([await execute(task), await execute(task)]).toEqual([line, line]);
  });

  test('puts a marker over a locked version', async () => {
    expect(await execute(current(await locked(local, 'legal hold')))).toEqual(SUCCESSFUL);
  });
});

describe('a batch of deletes', () => {
  test('is one request for each of its buckets, and a result for each task in their order', async () => {
    const other = await local.s3.bucket({ versioned: true });
    const hold = await locked(local, 'legal hold');
    const tasks = [
      await local.put({ Bucket: other }),
      await local.put({ Bucket: plain }),
      hold,
      await local.put({ Bucket: other }),
      taskOf(hold.bucket, 'nothing'),
      await local.put({ Bucket: plain }),
    ];
    const { requests, context } = watched(local.context);
    expect(await inBatch(tasks, context)).toEqual([SUCCESSFUL, SUCCESSFUL, LOCKED, SUCCESSFUL, SUCCESSFUL, SUCCESSFUL]);
    expect(requests.map(({ method, bucket }) => `${method} ${bucket}`).sort()).toEqual(
      [`POST ${other}`, `POST ${plain}`, `POST ${hold.bucket}`].sort(),
    );
  });

  test('deletes what its lines name twice once, and says so of each line', async () => {
    const [version, key] = [await local.put({ Bucket: versioned }), current(await local.put({ Bucket: versioned }))];
    expect(await inBatch([version, key, version, key, current(version)])).toEqual(Array(5).fill(SUCCESSFUL));
    expect(await versionsOf(local, versioned, key.key)).toEqual([`${key.key} version`, `${key.key} marker`]);
    expect(await versionsOf(local, versioned, version.key)).toEqual([`${version.key} marker`]);
  });

  test('takes a thousand keys in one request', async () => {
    const Bucket = await local.s3.bucket();
    const keys = Array.from({ length: 1_000 }, (_, n) => `${n}-${'ü"'.repeat(250)}`);
    for (const at of [0, 250, 500, 750]) {
      await Promise.all(keys.slice(at, at + 250).map((Key) => local.put({ Bucket, Key })));
    }
    const { requests, context } = watched(local.context);
    const results = await inBatch(
      keys.map((key) => taskOf(Bucket, key)),
      context,
    );
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(results).toHaveLength(1_000);
    expect(requests).toHaveLength(1);
    expect((await local.s3.client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  }, 60_000);

  test('asks one by one for keys that XML cannot say, or a reader could trim', async () => {
    const keys = ['a\u0001', '\ufffe', ' a', 'a\n', 'tab\there', 'cr\r\nlf', '<&>"\'', ']]>'];
    for (const Key of keys) await local.put({ Bucket: plain, Key });
    const { requests, context } = watched(local.context);
    expect(
      await inBatch(
        keys.map((key) => taskOf(plain, key)),
        context,
      ),
    ).toEqual(keys.map(() => SUCCESSFUL));
    const alone = requests.filter(({ method }) => method === 'DELETE').map(({ key }) => key);
    expect(alone).toEqual(['a\u0001', '\ufffe', ' a', 'a\n']);
    for (const key of keys) expect(await versionsOf(local, plain, key)).toEqual([]);
  });

  test('goes to exactly its keys, whatever they are', async () => {
    const Bucket = await local.s3.bucket();
    const character = fc.oneof(
      fc.constantFrom('/', '.', '..', ' ', '+', '%', '%20', '"', "'", ',', '\r', '\n', '\t', '&', '<', '>', ';', '🦬'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
    );
    const key = fc
      .array(character, { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join(''))
      .filter((text) => Buffer.from(text).toString() === text);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { minLength: 2, maxLength: 8 }), async (keys) => {
        const half = keys.slice(0, Math.ceil(keys.length / 2));
        for (const Key of keys) await raw('PUT', Bucket, Key);
        expect(await inBatch(half.map((one) => taskOf(Bucket, one)))).toEqual(half.map(() => SUCCESSFUL));
        const there = await Promise.all(keys.map(async (one) => (await raw('HEAD', Bucket, one)) === 200));
        expect(there).toEqual(keys.map((one) => !half.includes(one)));
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

/** The SDK normalizes some keys; the client under test is not asked about itself. */
async function raw(method: string, bucket: string, key: string): Promise<number> {
  const path = `/${bucket}/${encodeURIComponent(key).replaceAll('%2F', '/')}`;
  return (await local.s3.send({ method, path })).status;
}

describe('a job that deletes', () => {
  const why = (parameters: object, { Drover = {}, ...request }: Record<string, object | boolean | undefined> = {}) =>
    whyRefused({ Drover: { DeleteObject: parameters } }, Object(Drover), request);
  const unconfirmed = { ConfirmationRequired: false };

  test('must be confirmed, one way or the other', () => {
    expect(why({}, unconfirmed)).toBe(
      'Operation.Drover.DeleteObject.Confirm is missing: a job that deletes must say "Confirm": "delete", or must wait ' +
        'for its confirmation (ConfirmationRequired true, or left out).',
    );
    expect(why({ Confirm: 'yes' })).toContain('Confirm must be delete, not "yes"');
    expect(why({ Confirm: 'delete' }, unconfirmed)).toBe('');
    expect(why({}, { ConfirmationRequired: true })).toBe('');
    expect(why({}, { ConfirmationRequired: undefined })).toBe('');
    expect(why({}, { ...unconfirmed, Drover: { DryRun: true } })).toBe('');
  });

  test('deletes all versions of keys, not of lines with a version', () => {
    const Manifest = (Fields: string[]) => ({
      ConfirmationRequired: true,
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields },
        Location: { ObjectArn: 'arn:aws:s3:::man/m.csv', ETag: 'e' },
      },
    });
    expect(why({ AllVersions: true }, Manifest(['Bucket', 'Key']))).toBe('');
    expect(why({ AllVersions: true }, Manifest(['Bucket', 'Key', 'Ignore']))).toBe('');
    expect(why({ AllVersions: false }, Manifest(['Bucket', 'Key', 'VersionId']))).toBe('');
    expect(why({ AllVersions: true }, Manifest(['Bucket', 'Key', 'VersionId']))).toMatch(
      /^Operation.Drover.DeleteObject.AllVersions cannot be true with a manifest that has a VersionId column: leave/,
    );
  });
});
