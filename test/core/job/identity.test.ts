import { describe, expect, test } from '@jest/globals';
import { canonicalHash, jobIdOf } from '../../../core/job/job-id.ts';
import { isAllowedArn } from '../../../core/job/job-roles.ts';
import { bareETag, parseBucketArn, parseObjectArn } from '../../../core/job/object-arn.ts';

describe('jobIdOf', () => {
  test('is a lower-case UUID that each of account, Region and token changes', () => {
    const ids = [
      jobIdOf('123456789012', 'us-east-1', 't'),
      jobIdOf('000000000000', 'us-east-1', 't'),
      jobIdOf('123456789012', 'eu-west-1', 't'),
      jobIdOf('123456789012', 'us-east-1', 'u'),
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // Kept: a deployment of another version must know its jobs again.
    expect(ids[0]).toBe('615e9733-34f0-83ab-a148-ea3b9bcebb94');
  });
});

describe('canonicalHash', () => {
  test('is the same in any order of members, and another for another order of a list', () => {
    expect(canonicalHash({ a: { c: 1, b: [1, 2] }, d: 'x' })).toBe(canonicalHash({ d: 'x', a: { b: [1, 2], c: 1 } }));
    expect(canonicalHash({ a: [1, 2] })).not.toBe(canonicalHash({ a: [2, 1] }));
  });
});

describe('isAllowedArn', () => {
  test.each([
    ['arn:aws:iam::1:role/drover/*', 'arn:aws:iam::1:role/drover/a/b', true],
    ['arn:aws:iam::1:role/drover/*', 'arn:aws:iam::1:role/droverx', false],
    ['arn:aws:iam::1:role/*-batch', 'arn:aws:iam::1:role/a-batch', true],
    ['arn:aws:iam::1:role/*-batch', 'arn:aws:iam::1:role/a-batch-', false],
    ['arn:aws:iam::1:role/a*b*c', 'arn:aws:iam::1:role/aXbYc', true],
    ['arn:aws:iam::1:role/a*b*c', 'arn:aws:iam::1:role/abc', true],
    ['arn:aws:iam::1:role/a*b*c', 'arn:aws:iam::1:role/acb', false],
    ['arn:aws:iam::1:role/a*a', 'arn:aws:iam::1:role/a', false],
    ['arn:aws:iam::1:role/r', 'arn:aws:iam::1:role/r', true],
    ['arn:aws:iam::1:role/r.', 'arn:aws:iam::1:role/rx', false],
    ['arn:aws:iam::1:role/r', 'arn:aws:iam::1:role/r2', false],
    ['*', 'anything', true],
  ])('%s and %s: %s', (pattern, role, allowed) => {
    expect(isAllowedArn(role, ['other', pattern])).toBe(allowed);
  });

  test('no pattern allows no role, and many stars take no time', () => {
    expect(isAllowedArn('arn:aws:iam::1:role/r', [])).toBe(false);
    expect(isAllowedArn('a'.repeat(2048), [`${'a*'.repeat(500)}b`])).toBe(false);
  });
});

describe('ARNs', () => {
  test('bucket and key, as they are; nothing else', () => {
    expect(parseObjectArn('arn:aws:s3:::man/a/b c%20.csv')).toEqual({ bucket: 'man', key: 'a/b c%20.csv' });
    expect(parseObjectArn('arn:aws:s3:us-east-1:1:accesspoint/p/object/k')).toBeUndefined();
    expect(parseBucketArn('arn:aws:s3:::reports')).toBe('reports');
    expect(parseBucketArn('arn:aws:s3:::reports/')).toBeUndefined();
  });
  test('an ETag loses its quotes', () => {
    expect([bareETag('"a"'), bareETag('a'), bareETag('"')]).toEqual(['a', 'a', '"']);
  });
});
