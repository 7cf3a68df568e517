import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { AWKWARD_KEYS, DONE, EMPTY_VERSION, refused, succeeded } from './lines.ts';
import type { JobPlan, World } from './world.ts';

const DELETE = ['--operation', 'delete-object', '--confirm-delete'];
const LOCKED = refused(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
const NO_BUCKET = refused(404, 'NoSuchBucket', 'The specified bucket does not exist');

/** `key:version` of every version and marker there is. */
async function versionsIn({ s3 }: World, Bucket: string): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => `${Key}:${VersionId}`).sort();
}

export const DELETE_CASES: Readonly<Record<string, (world: World) => Promise<JobPlan>>> = {
  'DeleteObject: in a bucket without versions, many in a request': async (world) => {
    const bucket = await world.bucket();
    const keys = [...AWKWARD_KEYS, ...Array.from({ length: 60 }, (_, n) => `many/${n}`)];
    for (const key of keys) await world.put(bucket, key);
    const kept = await world.put(bucket, 'kept');
    return {
      operation: DELETE,
      lines: [
        ...keys.map((key) => ({ bucket, key, says: DONE })),
        { bucket, key: 'never/there', says: DONE },
        { bucket: 'no-such-bucket', key: 'a', says: NO_BUCKET },
      ],
      after: async () => expect(await versionsIn(world, bucket)).toEqual([`kept:${kept}`]),
    };
  },

  'DeleteObject: current versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const kept = await world.put(bucket, 'a');
    return {
      operation: DELETE,
      lines: [{ bucket, key: 'a', says: DONE }],
      after: async () => {
        const found = await versionsIn(world, bucket);
        expect(found).toHaveLength(2);
        expect(found).toContain(`a:${kept}`);
      },
    };
  },

  'DeleteObject: given versions': async (world) => {
    const bucket = await world.bucket({ lock: true });
    const old = await world.put(bucket, 'a');
    const current = await world.put(bucket, 'a');
    const locked = await world.put(bucket, 'locked', { ObjectLockLegalHoldStatus: 'ON' });
    await world.put(bucket, 'marked');
    const marker = await world.hide(bucket, 'marked');
    const all = await versionsIn(world, bucket);
    return {
      operation: DELETE,
      lines: [
        { bucket, key: 'a', version: old, says: DONE },
        { bucket, key: 'marked', version: marker, says: DONE },
        { bucket, key: 'a', version: 'v'.repeat(32), says: DONE },
        { bucket, key: 'locked', version: locked, says: LOCKED },
        { bucket, key: 'a', version: '', says: EMPTY_VERSION },
      ],
      after: async () => {
        const gone = [`a:${old}`, `marked:${marker}`];
        expect(await versionsIn(world, bucket)).toEqual(all.filter((each) => !gone.includes(each)));
        expect(all).toContain(`a:${current}`);
      },
    };
  },

  'DeleteObject: all versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    for (let n = 0; n < 3; n += 1) await world.put(bucket, 'a');
    await world.hide(bucket, 'a');
    const kept = await world.put(bucket, 'ab');
    return {
      operation: [...DELETE, '--set', 'AllVersions=true'],
      lines: [
        { bucket, key: 'a', says: succeeded('Deleted 3 versions and 1 delete marker') },
        { bucket, key: 'never/there', says: succeeded('Nothing to delete') },
      ],
      after: async () => expect(await versionsIn(world, bucket)).toEqual([`ab:${kept}`]),
    };
  },

  'DeleteObject: DryRun': async (world) => {
    const bucket = await world.bucket({ versions: true });
    await world.put(bucket, 'a');
    return {
      operation: ['--operation', 'delete-object', '--dry-run'],
      lines: [
        { bucket, key: 'a', says: succeeded(/^Would put a delete marker over version /) },
        { bucket, key: 'never/there', says: succeeded('Nothing to delete') },
      ],
      after: async () => expect(await versionsIn(world, bucket)).toHaveLength(1),
    };
  },
};
