import { describe, expect, test } from '@jest/globals';
import { compilePattern } from '../../../local/events/event-pattern.ts';

const EVENT = {
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws:s3:::control'],
  detail: {
    bucket: { name: 'control' },
    object: { key: 'jobs/2026/Job.JSON', size: 512, tags: ['red', 'blue'] },
    reason: 'PutObject',
    deleted: null,
    copies: [
      { region: 'eu', done: true },
      { region: 'us', done: false },
    ],
    empty: [],
  },
};

const key = (...tests: unknown[]) => ({ detail: { object: { key: tests } } });
const size = (...tests: unknown[]) => ({ detail: { object: { size: tests } } });
const tags = (...tests: unknown[]) => ({ detail: { object: { tags: tests } } });
const reason = (...tests: unknown[]) => ({ detail: { reason: tests } });

describe('an event pattern', () => {
  test.each<[string, unknown, boolean]>([
    ['one field', { source: ['aws.s3'] }, true],
    ['one of several values', { source: ['aws.ec2', 'aws.s3'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['all fields', { source: ['aws.s3'], detail: { bucket: { name: ['control'] } } }, true],
    ['not all fields', { source: ['aws.s3'], detail: { bucket: { name: ['other'] } } }, false],
    ['a field that is not there', { detail: { nothing: ['x'] } }, false],
    ['a field of what is no object', { source: { name: ['x'] } }, false],
    ['null', { detail: { deleted: [null] } }, true],
    ['a number', size(512), true],
    ['a number as text', size('512'), false],
    ['an element of a list', tags('blue'), true],
    ['no element of a list', tags('green'), false],
    ['one object of a list that has it all', { detail: { copies: { region: ['us'], done: [false] } } }, true],
    ['two objects of a list together', { detail: { copies: { region: ['us'], done: [true] } } }, false],
    ['prefix', key({ prefix: 'jobs/' }), true],
    ['prefix, in vain', key({ prefix: 'Jobs/' }), false],
    ['prefix ignoring case', key({ prefix: { 'equals-ignore-case': 'JOBS/' } }), true],
    ['suffix', key({ suffix: '.JSON' }), true],
    ['suffix, in vain', key({ suffix: '.json' }), false],
    ['suffix ignoring case', key({ suffix: { 'equals-ignore-case': '.json' } }), true],
    ['equals-ignore-case', reason({ 'equals-ignore-case': 'putobject' }), true],
    ['anything-but', reason({ 'anything-but': 'CopyObject' }), true],
    ['anything-but, in vain', reason({ 'anything-but': 'PutObject' }), false],
    ['anything-but of a list', reason({ 'anything-but': ['PutObject', 'CopyObject'] }), false],
    ['anything-but a number', size({ 'anything-but': [511, 513] }), true],
    ['anything-but prefix', key({ 'anything-but': { prefix: 'jobs/' } }), false],
    ['anything-but suffix', key({ 'anything-but': { suffix: '.csv' } }), true],
    ['anything-but wildcard', key({ 'anything-but': { wildcard: '*/2026/*' } }), false],
    ['anything-but of a field that is not there', { detail: { nothing: [{ 'anything-but': 'x' }] } }, false],
    ['numeric equal', size({ numeric: ['=', 512] }), true],
    ['numeric range', size({ numeric: ['>', 0, '<=', 512] }), true],
    ['numeric range, outside', size({ numeric: ['>', 512, '<', 600] }), false],
    ['numeric of text', key({ numeric: ['>', 0] }), false],
    ['exists', key({ exists: true }), true],
    ['exists, of an object', { detail: { object: [{ exists: true }] } }, false],
    ['exists false', { detail: { nothing: [{ exists: false }] } }, true],
    ['exists false, deep in what is not there', { detail: { nothing: { at: { all: [{ exists: false }] } } } }, true],
    ['exists false, in vain', key({ exists: false }), false],
    ['exists false, of an empty list', { detail: { empty: [{ exists: false }] } }, true],
    ['wildcard', key({ wildcard: 'jobs/*/*.JSON' }), true],
    ['wildcard, in vain', key({ wildcard: 'jobs/*/x*.JSON' }), false],
    ['wildcard whose ends overlap', reason({ wildcard: 'PutObj*Object' }), false],
    ['wildcard with a plain star', key({ wildcard: 'jobs/\\*' }), false],
    ['$or, the one', { $or: [{ source: ['aws.s3'] }, { source: ['x'] }] }, true],
    [
      '$or, the other, deep',
      { detail: { $or: [{ reason: ['x'] }, { object: { size: [{ numeric: ['>', 1] }] } }] } },
      true,
    ],
    ['$or, neither', { source: ['aws.s3'], $or: [{ version: ['1'] }, { version: ['2'] }] }, false],
  ])('with %s', (_, pattern, expected) => {
    expect(compilePattern(JSON.stringify(pattern))(EVENT)).toBe(expected);
  });

  test.each<[string, string, RegExp]>([
    ['no JSON', '{', /Invalid JSON/],
    ['a plain value', '{"source":"aws.s3"}', /"source" must be an object or an array/],
    ['an empty list', '{"source":[]}', /Empty arrays/],
    ['an empty object', '{"detail":{}}', /Empty objects/],
    ['an unknown operator', '{"source":[{"cidr":"10.0.0.0/8"}]}', /Unrecognized match type cidr/],
    ['two operators at once', '{"source":[{"prefix":"a","suffix":"b"}]}', /one match type/],
    ['two stars in a row', '{"source":[{"wildcard":"a**"}]}', /Consecutive wildcard/],
    ['half a range', '{"size":[{"numeric":[">"]}]}', /numeric/],
    ['too many characters', `{"source":["${'x'.repeat(2_048)}"]}`, /2048/],
  ])('is refused with %s', (_, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(
      expect.objectContaining({ name: 'InvalidEventPatternException', message: expect.stringMatching(message) }),
    );
  });
});
