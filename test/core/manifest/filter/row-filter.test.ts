import { describe, expect, test } from '@jest/globals';
import type { ManifestFilter } from '../../../../core/job/manifest-filter.ts';
import { globPattern, regexPattern } from '../../../../core/manifest/filter/key-pattern.ts';
import { rowFilterOf } from '../../../../core/manifest/filter/row-filter.ts';
import { invalidManifest } from '../memory-files.ts';

const COLUMNS = ['Bucket', 'Key', 'Size', 'LastModifiedDate', 'StorageClass', 'EncryptionStatus', 'ReplicationStatus'];
const RECORD = ['b', 'k', '100', '2026-01-30T00:00:00.000Z', 'STANDARD', 'SSE-S3', ''];

function verdict(Filter: ManifestFilter, key = 'k', change: Readonly<Record<number, string>> = {}): boolean | string {
  const wants = rowFilterOf({ Filter }, { columns: COLUMNS }, '2026-03-01T00:00:00.000Z');
  return wants?.(Object.assign([...RECORD], change), { bucket: 'b', key, manifestKey: key }) ?? true;
}

describe('a filter', () => {
  test.each<[ManifestFilter, boolean]>([
    [{}, true],
    [{ ObjectSizeGreaterThanBytes: 99, ObjectSizeLessThanBytes: 101 }, true],
    [{ ObjectSizeGreaterThanBytes: 100 }, false],
    [{ ObjectSizeLessThanBytes: 100 }, false],
    [{ OlderThan: '30d' }, false],
    [{ OlderThan: '29d' }, true],
    [{ NewerThan: '31d' }, true],
    [{ NewerThan: '719h' }, false],
    [{ OlderThan: '20d', NewerThan: '40d' }, true],
    [{ CreatedAfter: '2026-01-29T23:59:59Z', CreatedBefore: '2026-01-30T00:00:01Z' }, true],
    [{ CreatedAfter: '2026-01-30T00:00:00Z' }, false],
    [{ CreatedBefore: '2026-01-30T00:00:00Z', OlderThan: '1d' }, false],
    [{ MatchAnyStorageClass: ['GLACIER', 'STANDARD'] }, true],
    [{ MatchAnyStorageClass: ['GLACIER'] }, false],
    [{ MatchAnyEncryptionStatus: ['SSE-KMS'] }, false],
    [{ ObjectReplicationStatuses: ['NONE'] }, true],
    [{ ObjectReplicationStatuses: ['FAILED'] }, false],
  ])('%j', (filter, expected) => {
    expect(verdict(filter)).toBe(expected);
  });

  test.each([
    ['2026-01-30 00:00:00', true],
    ['2026-01-30 00:00:00.000 UTC', true],
    ['2026-01-30T01:00:00+01:00', true],
    ['2026-01-29T00:00:00-00', false],
    ['30.1.2026', 'Column LastModifiedDate holds "30.1.2026", which is no time in ISO 8601'],
  ])('reads the time %s', (time, expected) => {
    expect(verdict({ CreatedAfter: '2026-01-29T12:00:00Z' }, 'k', { 3: time })).toBe(expected);
  });

  test('tells of a size that is none, and leaves out what has none', () => {
    expect(verdict({ ObjectSizeGreaterThanBytes: 1 }, 'k', { 2: '1 KB' })).toMatch(/^Column Size holds "1 KB"/);
    expect(verdict({ ObjectSizeLessThanBytes: 1 }, 'k', { 2: '' })).toBe(false);
  });

  test('needs its columns in the manifest', () => {
    const filtering = () =>
      rowFilterOf({ Filter: { OlderThan: '1d' } }, { columns: ['Bucket', 'Key', 'Ignore'] }, '2026');
    expect(filtering).toThrow(
      expect.objectContaining(
        invalidManifest(/OlderThan needs the column LastModifiedDate, which the manifest lacks: it has Bucket, Key$/),
      ),
    );
  });

  test('of keys wants one of each list', () => {
    const filter: ManifestFilter = { KeyNameConstraint: { MatchAnyPrefix: ['a/', 'b/'], MatchAnySuffix: ['.jpg'] } };
    expect(['a/x.jpg', 'b/y.jpg', 'c/x.jpg', 'a/x.png'].map((key) => verdict(filter, key))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const within: ManifestFilter = {
      KeyNameConstraint: { MatchAnySubstring: ['ü b'], MatchAnyRegex: ['^x', '\\d{4}$'] },
    };
    expect(['xü b', 'ü b2026', 'ü b', 'x2026'].map((key) => verdict(within, key))).toEqual([true, true, false, false]);
  });
});

describe('a sample', () => {
  const keys = Array.from({ length: 20_000 }, (_, n) => `key-${n}`);
  const drawn = (Sample: ManifestFilter['Sample']) => keys.filter((key) => verdict({ Sample }, key) === true);

  test.each<[ManifestFilter['Sample'], number]>([
    [{ OneIn: 10 }, 2_000],
    [{ Share: 0.25 }, 5_000],
    [{ Share: 0.25, Seed: 'other' }, 5_000],
  ])('%j draws about its share', (sample, expected) => {
    const count = drawn(sample).length;
    expect(count).toBeGreaterThan(expected * 0.9);
    expect(count).toBeLessThan(expected * 1.1);
  });

  test('is the same each time, and another one with another seed', () => {
    expect(drawn({ OneIn: 100 })).toEqual(drawn({ Share: 0.01 }));
    expect(drawn({ OneIn: 100, Seed: 'x' })).not.toEqual(drawn({ OneIn: 100 }));
  });
});

describe('a glob', () => {
  test.each([
    ['*.jpg', 'a.jpg', true],
    ['*.jpg', 'a/b.jpg', false],
    ['**.jpg', 'a/b.jpg', true],
    ['logs/2026-0[1-3]-*/**', 'logs/2026-02-11/a/b', true],
    ['logs/2026-0[!1-3]-*/**', 'logs/2026-02-11/a/b', false],
    ['{a,b*}/?', 'bcd/x', true],
    ['{a,b*}/?', 'c/x', false],
    ['a.b', 'axb', false],
    ['a\\*', 'a*', true],
    ['ü(+)$🎉', 'ü(+)$🎉', true],
    ['*', 'line\nbreak', true],
  ])('%s matches %s: %s', (glob, key, expected) => {
    const pattern = globPattern(glob);
    if ('problem' in pattern) throw new Error(pattern.problem);
    expect(pattern(key)).toBe(expected);
  });

  test.each([
    ['[a', 'has a [ that no ] ends'],
    ['{a', 'has a { that no } ends'],
    ['a\\', 'ends in a backslash'],
  ])('%s %s', (glob, problem) => {
    expect(globPattern(glob)).toEqual({ problem });
  });
});

describe('a hostile pattern', () => {
  test.each(['(x+x+)+y', '(a|a)*$', '(.*)*(.*)*(.*)*b', '([a-z]+)*\\d', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    '%s takes no longer than its key is long',
    (source) => {
      const pattern = regexPattern(source);
      if ('problem' in pattern) throw new Error(pattern.problem);
      const began = performance.now();
      pattern(`${'x'.repeat(1_000)}!`);
      expect(performance.now() - began).toBeLessThan(1_000);
    },
  );

  test.each([
    ['(?:.{1000}){2}', /is no regular expression|is too large/],
    ['.{999}.{999}', /is too large: it has \d+ instructions/],
    ['(a', /is no regular expression in RE2's syntax/],
    ['(?=a)', /is no regular expression in RE2's syntax/],
    ['(a)\\1', /is no regular expression in RE2's syntax/],
  ])('%s is refused', (source, problem) => {
    expect(regexPattern(source)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
