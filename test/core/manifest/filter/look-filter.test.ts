import { describe, expect, test } from '@jest/globals';
import type { ManifestFilter } from '../../../../core/job/manifest-filter.ts';
import { lookFilterOf } from '../../../../core/manifest/filter/look-filter.ts';
import { type MemoryObject, MemoryObjects } from '../../../support/memory-objects.ts';

const { signal } = new AbortController();
const HEADERS = { 'content-length': '100', 'last-modified': 'Fri, 30 Jan 2026 00:00:00 GMT' };

function filterOf(s3: MemoryObjects, filter: ManifestFilter, columns = ['Bucket', 'Key']) {
  return lookFilterOf(s3, filter, { columns }, '2026-03-01T00:00:00.000Z');
}

async function isWanted(object: MemoryObject | undefined, filter: ManifestFilter, versionId?: string) {
  const task = { bucket: 'b', key: 'k', manifestKey: 'k', ...(versionId === undefined ? {} : { versionId }) };
  return await filterOf(new MemoryObjects(() => object), filter)?.(task, signal);
}

describe('a filter by a HEAD', () => {
  test.each<[ManifestFilter, Readonly<Record<string, string>>, boolean]>([
    [{ ObjectSizeGreaterThanBytes: 99, ObjectSizeLessThanBytes: 101 }, {}, true],
    [{ ObjectSizeGreaterThanBytes: 100 }, {}, false],
    [{ OlderThan: '29d' }, {}, true],
    [{ OlderThan: '30d' }, {}, false],
    [{ CreatedAfter: '2026-01-30T00:00:00Z' }, {}, false],
    [{ MatchAnyStorageClass: ['STANDARD'] }, {}, true],
    [{ MatchAnyStorageClass: ['STANDARD'] }, { 'x-amz-storage-class': 'GLACIER' }, false],
    [{ MatchAnyStorageClass: ['GLACIER'] }, { 'x-amz-storage-class': 'GLACIER' }, true],
    [{ MatchAnyEncryptionStatus: ['NOT-SSE'] }, {}, true],
    [{ MatchAnyEncryptionStatus: ['SSE-S3'] }, { 'x-amz-server-side-encryption': 'AES256' }, true],
    [{ MatchAnyEncryptionStatus: ['SSE-KMS'] }, { 'x-amz-server-side-encryption': 'aws:kms:dsse' }, false],
    [{ ObjectReplicationStatuses: ['NONE'] }, {}, true],
    [{ ObjectReplicationStatuses: ['COMPLETED'] }, { 'x-amz-replication-status': 'COMPLETE' }, true],
    [{ ObjectReplicationStatuses: ['NONE', 'FAILED'] }, { 'x-amz-replication-status': 'REPLICA' }, false],
  ])('%j of %j: %s', async (filter, headers, expected) => {
    expect(await isWanted({ headers: { ...HEADERS, ...headers } }, { ...filter, Head: true })).toBe(expected);
  });

  test('asks only for what the manifest lacks, and not at all where it lacks nothing', async () => {
    const s3 = new MemoryObjects(() => ({ headers: HEADERS }));
    const filter = { Head: true, ObjectSizeLessThanBytes: 1, OlderThan: '1d' };
    const looks = filterOf(s3, filter, ['Bucket', 'Key', 'Size']);
    // The size is the column's affair: that of the object would not let it through.
    expect(await looks?.({ bucket: 'b', key: 'k', manifestKey: 'k' }, signal)).toBe(true);
    expect(s3.requests).toEqual(['HEAD b/k']);
    expect(filterOf(s3, filter, ['Bucket', 'Key', 'Size', 'LastModifiedDate'])).toBeUndefined();
    expect(filterOf(s3, { Head: true, First: 1 })).toBeUndefined();
  });

  test('knows of an object under its own key only how it is encrypted', async () => {
    const object: MemoryObject = { refusal: [400, 'InvalidRequest'] };
    expect(await isWanted(object, { Head: true, MatchAnyEncryptionStatus: ['SSE-C'] })).toBe(true);
    expect(await isWanted(object, { Head: true, ObjectSizeGreaterThanBytes: 0 })).toBe(false);
  });
});

describe('a filter by tags', () => {
  const tags = { team: 'a', year: '2026' };
  test.each<[NonNullable<ManifestFilter['Tags']>, boolean]>([
    [{ MatchAll: [{ Key: 'team', Value: 'a' }, { Key: 'year' }] }, true],
    [{ MatchAll: [{ Key: 'team', Value: 'a' }, { Key: 'none' }] }, false],
    [
      {
        MatchAny: [
          { Key: 'team', Value: 'b' },
          { Key: 'year', Value: '2026' },
        ],
      },
      true,
    ],
    [{ MatchAny: [{ Key: 'team', Value: 'b' }] }, false],
    [{ MatchNone: [{ Key: 'team', Value: 'b' }] }, true],
    [{ MatchNone: [{ Key: 'team' }] }, false],
    [{ MatchAny: [{ Key: 'team' }], MatchNone: [{ Key: 'year', Value: '2025' }] }, true],
  ])('%j: %s', async (Tags, expected) => {
    expect(await isWanted({ tags }, { Tags })).toBe(expected);
  });

  test('are not asked for where the HEAD says no; the version is asked for', async () => {
    const s3 = new MemoryObjects(() => ({ headers: HEADERS, tags }));
    const wanted: ManifestFilter = { Head: true, ObjectSizeLessThanBytes: 101, Tags: { MatchAny: [{ Key: 'team' }] } };
    const task = { bucket: 'b', key: 'k', manifestKey: 'k', versionId: 'v' };
    expect(await filterOf(s3, wanted)?.(task, signal)).toBe(true);
    expect(await filterOf(s3, { ...wanted, ObjectSizeLessThanBytes: 100 })?.(task, signal)).toBe(false);
    expect(s3.requests).toEqual(['HEAD b/k@v', 'TAGS b/k@v', 'HEAD b/k@v']);
  });
});

describe('what cannot be looked at', () => {
  const FILTERS: readonly ManifestFilter[] = [
    { Head: true, ObjectSizeLessThanBytes: 1 },
    { Tags: { MatchNone: [{ Key: 'a' }] } },
  ];

  test.each(FILTERS)('stays a task where it is gone, or its version column is empty: %j', async (filter) => {
    expect(await isWanted(undefined, filter)).toBe(true);
    expect(await isWanted({ refusal: [500, 'not asked'] }, filter, '')).toBe(true);
  });

  test.each(FILTERS)('is no task where it is a delete marker: %j', async (filter) => {
    expect(await isWanted({ refusal: [405, 'MethodNotAllowed'] }, filter, 'v')).toBe(false);
  });

  test.each(FILTERS)('fails the job where it is forbidden, and names the permission: %j', async (filter) => {
    await expect(isWanted({ refusal: [403, 'AccessDenied'] }, filter)).rejects.toMatchObject({
      code: 'ManifestFilterFailed',
      message: expect.stringMatching(/role needs s3:GetObject(Tagging)?\. s3:\/\/b\/k: AccessDenied/),
    });
  });

  test.each(FILTERS)('is tried again where S3 has no answer at present: %j', async (filter) => {
    const trying = isWanted({ refusal: [503, 'SlowDown'] }, filter);
    await expect(trying).rejects.not.toHaveProperty('code');
    await expect(trying).rejects.toThrow('There is no look at present at s3://b/k: SlowDown');
  });
});
