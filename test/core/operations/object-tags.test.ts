import { GetObjectTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deleteObjectTagging } from '../../../core/operations/delete-object-tagging.ts';
import { mergeTags } from '../../../core/operations/merge-tags.ts';
import type { Operation, Task } from '../../../core/operations/operation.ts';
import { putObjectTagging } from '../../../core/operations/put-object-tagging.ts';
import type { S3DataClient } from '../../../core/s3/s3-data-client.ts';
import { current, expectMissing, type LocalS3, SUCCESSFUL, startLocalS3, twice, UNCHANGED } from './local-s3.ts';
import { answer, contextOf, refusal, ScriptedS3, TASK } from './task-context.ts';
import { whyRefused } from './why-refused.ts';

/** `a=1 b=2` as a set of tags. */
const tagSet = (text: string) =>
  text
    .split(' ')
    .filter((tag) => tag !== '')
    .map((tag) => ({ Key: tag.split('=')[0] ?? '', Value: tag.split('=')[1] ?? '' }));
const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `k${index + from}=v`).join(' ');

let local: LocalS3;
let versioned: string;
let plain: string;
beforeAll(async () => {
  local = await startLocalS3();
  versioned = await local.s3.bucket({ versioned: true });
  plain = await local.s3.bucket();
});
afterAll(() => local.stop());

const put = (tags: string, Bucket = versioned, Key?: string) =>
  local.put({
    Bucket,
    ...(Key !== undefined && { Key }),
    Tagging: tagSet(tags)
      .map(({ Key: key, Value }) => `${encodeURIComponent(key)}=${encodeURIComponent(Value)}`)
      .join('&'),
  });
const tagsOf = async ({ bucket, key, versionId }: Task) => {
  const asked = { Bucket: bucket, Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
  const { TagSet = [] } = await local.s3.client.send(new GetObjectTaggingCommand(asked));
  return TagSet.map((tag) => `${tag.Key}=${tag.Value}`)
    .sort()
    .join(' ');
};

describe.each<[string, Operation<object>, object, string]>([
  ['S3PutObjectTagging', putObjectTagging as Operation<object>, { TagSet: tagSet('a=2 ü=ä') }, 'a=2 ü=ä'],
  ['S3DeleteObjectTagging', deleteObjectTagging, {}, ''],
  ['MergeTags', mergeTags, { TagSet: tagSet('ü=ä'), RemoveKeys: ['b'] }, 'a=1 ü=ä'],
])('%s', (name, operation, parameters, after) => {
  const again = name === 'MergeTags' ? UNCHANGED : SUCCESSFUL;

  test('changes the tags of the version that the manifest names, and of no other', async () => {
    const old = await put('a=1 b=2');
    const newer = await put('a=1 b=2', versioned, old.key);
    expect(await twice(operation, old, parameters, local.context)).toEqual([SUCCESSFUL, again]);
    expect([await tagsOf(old), await tagsOf(newer)]).toEqual([after, 'a=1 b=2']);
  });

  test('changes the tags of the current version where the manifest names none', async () => {
    const old = await put('a=1 b=2');
    const newer = await put('a=1 b=2', versioned, old.key);
    expect(await twice(operation, current(old), parameters, local.context)).toEqual([SUCCESSFUL, again]);
    expect([await tagsOf(old), await tagsOf(newer)]).toEqual(['a=1 b=2', after]);
  });

  test('changes the tags of an object in a bucket without versions', async () => {
    const task = await put('a=1 b=2', plain);
    expect(task.versionId).toBeUndefined();
    expect(await twice(operation, task, parameters, local.context)).toEqual([SUCCESSFUL, again]);
    expect(await tagsOf(task)).toBe(after);
  });

  test('finds what it has done to be so', async () => {
    const task = await put('a=1 b=2');
    expect((await operation.examine(task, parameters, local.context)).finding).toBe('change');
    expect(await tagsOf(task)).toBe('a=1 b=2');
    await operation.execute(task, parameters, local.context);
    expect(await operation.examine(task, parameters, local.context)).toEqual({ finding: 'unchanged' });
  });

  test('reports what is not there', async () => {
    await expectMissing(operation, parameters, local, { bucket: versioned, readsFirst: name === 'MergeTags' });
  });
});

test('S3DeleteObjectTagging says how many tags there are', async () => {
  const task = await put('a=1 b=2');
  const found = await deleteObjectTagging.examine(task, {}, local.context);
  expect(found).toEqual({ finding: 'change', says: 'Would take off 2 tags' });
});

describe('MergeTags', () => {
  test.each<[string, string, string, string[], string, string]>([
    ['adds', 'a=1', 'b=2', [], 'a=1 b=2', 'Would add 1, change 0 and take off 0 of 1 tag'],
    ['changes', 'a=1 b=2', 'a=3', [], 'a=3 b=2', 'Would add 0, change 1 and take off 0 of 2 tags'],
    ['takes off', 'a=1 b=2', '', ['a', 'c'], 'b=2', 'Would add 0, change 0 and take off 1 of 2 tags'],
    ['tells keys apart by case', 'a=1', 'A=1', [], 'A=1 a=1', 'Would add 1, change 0 and take off 0 of 1 tag'],
    ['makes room', many(10), 'x=1', ['k3'], '', 'Would add 1, change 0 and take off 1 of 10 tags'],
    ['adds the tenth', many(9), 'x=1', [], '', 'Would add 1, change 0 and take off 0 of 9 tags'],
  ])('%s: %j with %j less %j', async (_, before, add, RemoveKeys, after, says) => {
    const task = await put(before);
    const parameters = { TagSet: tagSet(add), RemoveKeys };
    expect(await mergeTags.examine(task, parameters, local.context)).toEqual({ finding: 'change', says });
    expect(await mergeTags.execute(task, parameters, local.context)).toEqual(SUCCESSFUL);
    if (after === '') expect((await tagsOf(task)).split(' ')).toHaveLength(10);
    else expect(await tagsOf(task)).toBe(after);
  });

  test('writes nothing when nothing changes', async () => {
    const s3 = new ScriptedS3(tagging('a=1 b=2'));
    const parameters = { TagSet: tagSet('a=1'), RemoveKeys: ['c'] };
    expect(await mergeTags.execute(TASK, parameters, contextOf({ s3 }))).toEqual(UNCHANGED);
    expect(s3.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each<[string, string, string[], string]>([
    [many(8), many(3, 8), [], 'Object tags cannot be greater than 10: 8 and 3 more make 11'],
    [many(10), many(2, 10), ['k1'], 'Object tags cannot be greater than 10: 10 and 2 more less 1 make 11'],
  ])('fails where there would be more than ten tags', async (before, add, RemoveKeys, message) => {
    const task = await put(before);
    const parameters = { TagSet: tagSet(add), RemoveKeys };
    const result = { status: 'failed', httpStatus: 400, errorCode: 'BadRequest', message };
    expect(await twice(mergeTags, task, parameters, local.context)).toEqual([result, result]);
    expect(await mergeTags.examine(task, parameters, local.context)).toEqual({ finding: 'failure', result });
    expect((await tagsOf(task)).split(' ')).toHaveLength(tagSet(before).length);
  });

  test('writes to the version that it has read, whatever became the current one in between', async () => {
    const task = await put('a=1');
    const { s3, context } = local;
    const interrupted: S3DataClient = {
      async send(request, signal) {
        const reply = await context.s3.send(request, signal);
        const Key = task.key;
        if (request.method === 'GET') await s3.client.send(new PutObjectCommand({ Bucket: versioned, Key, Body: '2' }));
        return reply;
      },
    };
    const parameters = { TagSet: tagSet('b=2') };
    expect(await mergeTags.execute(current(task), parameters, { ...context, s3: interrupted })).toEqual(SUCCESSFUL);
    expect([await tagsOf(task), await tagsOf(current(task))]).toEqual(['a=1 b=2', '']);
  });

  test.each([
    ['read', [refusal(403, 'AccessDenied', 'Access Denied')]],
    ['written', [tagging('a=1'), refusal(403, 'AccessDenied', 'Access Denied')]],
  ])('reports that tags may not be %s', async (_, replies) => {
    const result = await mergeTags.execute(
      TASK,
      { TagSet: tagSet('b=2') },
      contextOf({ s3: new ScriptedS3(...replies) }),
    );
    expect(result).toMatchObject({ status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' });
  });

  test.each<[object, string]>([
    [{ TagSet: tagSet('a=1') }, ''],
    [{ RemoveKeys: ['a'] }, ''],
    [{}, 'Operation.Drover.MergeTags must have TagSet, RemoveKeys or both, with something in them.'],
    [{ TagSet: [], RemoveKeys: [] }, 'MergeTags must have TagSet, RemoveKeys or both, with something in them.'],
    [
      { TagSet: tagSet('a=1 b=2'), RemoveKeys: ['c', 'b'] },
      'Operation.Drover.MergeTags.RemoveKeys[1] is "b", which TagSet has as well.',
    ],
    [{ TagSet: tagSet(many(11)) }, 'TagSet must have at most 10 tags, but has 11.'],
  ])('is asked for by %j: %j', (parameters, why) => {
    expect(whyRefused({ Drover: { MergeTags: parameters } })).toContain(why);
    expect(whyRefused({ Drover: { MergeTags: parameters } }) === '').toBe(why === '');
  });
});

function tagging(tags: string) {
  const set = tagSet(tags).map(({ Key, Value }) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`);
  return answer(`<Tagging><TagSet>${set.join('')}</TagSet></Tagging>`);
}
