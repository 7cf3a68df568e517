import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { AWKWARD_KEYS, DONE, missing, missingVersions, NO_KEY, succeeded, UNCHANGED } from './lines.ts';
import type { JobPlan, World } from './world.ts';

const TAGS = [
  { Key: 'project', Value: 'atlas' },
  { Key: 'Stufe', Value: 'ü +/=' },
];
const FLAGS = ['--tags', 'project=atlas,Stufe=ü +/='];

async function tagsOf({ s3 }: World, Bucket: string, Key: string, VersionId?: string): Promise<string> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }));
  return TagSet.map((tag) => `${tag.Key}=${tag.Value}`)
    .sort()
    .join();
}

export const TAG_CASES: Readonly<Record<string, (world: World) => Promise<JobPlan>>> = {
  'S3PutObjectTagging: current versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    for (const key of AWKWARD_KEYS) await world.put(bucket, key, { Tagging: 'old=1' });
    return {
      operation: { S3PutObjectTagging: { TagSet: TAGS } },
      lines: [...AWKWARD_KEYS.map((key) => ({ bucket, key, says: DONE })), ...(await missing(world, bucket))],
      after: async () => {
        for (const key of AWKWARD_KEYS) expect(await tagsOf(world, bucket, key)).toBe('Stufe=ü +/=,project=atlas');
      },
    };
  },

  'S3PutObjectTagging: given versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const old = await world.put(bucket, 'two');
    const current = await world.put(bucket, 'two', { Tagging: 'kept=yes' });
    return {
      operation: ['--operation', 'put-object-tagging', ...FLAGS],
      lines: [{ bucket, key: 'two', version: old, says: DONE }, ...(await missingVersions(world, bucket))],
      after: async () => {
        expect(await tagsOf(world, bucket, 'two', old)).toBe('Stufe=ü +/=,project=atlas');
        expect(await tagsOf(world, bucket, 'two', current)).toBe('kept=yes');
      },
    };
  },

  'S3PutObjectTagging: SkipUnchanged': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'same', { Tagging: 'a=1' });
    await world.put(bucket, 'other', { Tagging: 'a=2' });
    return {
      operation: ['--operation', 'put-object-tagging', '--tags', 'a=1', '--skip-unchanged'],
      lines: [
        { bucket, key: 'same', says: UNCHANGED },
        { bucket, key: 'other', says: DONE },
        { bucket, key: 'none', says: NO_KEY },
      ],
      after: async () => expect(await tagsOf(world, bucket, 'other')).toBe('a=1'),
    };
  },

  'S3PutObjectTagging: DryRun': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'same', { Tagging: 'a=1' });
    await world.put(bucket, 'other', { Tagging: 'a=2&b=3' });
    return {
      operation: ['--operation', 'put-object-tagging', '--tags', 'a=1', '--dry-run'],
      lines: [
        { bucket, key: 'same', says: UNCHANGED },
        { bucket, key: 'other', says: succeeded('Would replace 2 tags by 1') },
        { bucket, key: 'none', says: NO_KEY },
      ],
      after: async () => expect(await tagsOf(world, bucket, 'other')).toBe('a=2,b=3'),
    };
  },

  'S3PutObjectTagging: a rate limit': async (world) => {
    const bucket = await world.bucket();
    const keys = Array.from({ length: 40 }, (_, n) => `slow/${n}`);
    for (const key of keys) await world.put(bucket, key);
    return {
      operation: ['--operation', 'put-object-tagging', '--tags', 'a=1', '--rate', '20'],
      lines: keys.map((key) => ({ bucket, key, says: DONE })),
      after: async ({ ProgressSummary }) => {
        // In whole seconds, rounded: the last of 40 tasks begins after 2 s.
        expect(ProgressSummary?.Timers?.ElapsedTimeInActiveSeconds).toBeGreaterThanOrEqual(2);
      },
    };
  },

  'S3DeleteObjectTagging: given versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const old = await world.put(bucket, 'two', { Tagging: 'a=1' });
    const current = await world.put(bucket, 'two', { Tagging: 'a=2' });
    return {
      operation: { S3DeleteObjectTagging: {} },
      lines: [{ bucket, key: 'two', version: current, says: DONE }, ...(await missingVersions(world, bucket))],
      after: async () => {
        expect(await tagsOf(world, bucket, 'two', old)).toBe('a=1');
        expect(await tagsOf(world, bucket, 'two', current)).toBe('');
      },
    };
  },

  'S3DeleteObjectTagging: current versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    await world.put(bucket, 'a', { Tagging: 'a=1' });
    return {
      operation: ['--operation', 'delete-object-tagging'],
      lines: [{ bucket, key: 'a', says: DONE }, ...(await missing(world, bucket))],
      after: async () => expect(await tagsOf(world, bucket, 'a')).toBe(''),
    };
  },

  'MergeTags: given versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const old = await world.put(bucket, 'two', { Tagging: 'a=1' });
    const current = await world.put(bucket, 'two', { Tagging: 'a=2' });
    return {
      operation: ['--operation', 'merge-tags', '--tags', 'b=1'],
      lines: [{ bucket, key: 'two', version: old, says: DONE }, ...(await missingVersions(world, bucket))],
      after: async () => {
        expect(await tagsOf(world, bucket, 'two', old)).toBe('a=1,b=1');
        expect(await tagsOf(world, bucket, 'two', current)).toBe('a=2');
      },
    };
  },

  'MergeTags: current versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    await world.put(bucket, 'some', { Tagging: 'kept=1&changed=1&removed=1' });
    await world.put(bucket, 'none');
    await world.put(bucket, 'same', { Tagging: 'changed=2&added=2' });
    await world.put(bucket, 'full', { Tagging: Array.from({ length: 9 }, (_, n) => `t${n}=x`).join('&') });
    const tooMany = 'Object tags cannot be greater than 10: 9 and 2 more make 11';
    return {
      operation: ['--operation', 'merge-tags', '--tags', 'changed=2,added=2', '--remove-tags', 'removed'],
      lines: [
        { bucket, key: 'some', says: DONE },
        { bucket, key: 'none', says: DONE },
        { bucket, key: 'same', says: UNCHANGED },
        { bucket, key: 'full', says: { http: 400, code: 'BadRequest', message: tooMany } },
        ...(await missing(world, bucket, NO_KEY)),
      ],
      after: async () => {
        expect(await tagsOf(world, bucket, 'some')).toBe('added=2,changed=2,kept=1');
        expect(await tagsOf(world, bucket, 'none')).toBe('added=2,changed=2');
      },
    };
  },
};
