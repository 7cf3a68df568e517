import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandTargetKey, needsVersion, parseTargetKey } from '../../../../core/operations/copy/target-key.ts';

const TASK = { bucket: 'photos', key: '2026/raw/a b.jpg', versionId: 'v1' };

/** What a placeholder begins with. */
const OPEN = '$'.concat('{');

/** A placeholder. */
const hole = (name: string) => `\${${name}}`;

function expand(template: string, task: { bucket: string; key: string; versionId?: string } = TASK): string {
  const parsed = parseTargetKey(template);
  if ('problem' in parsed) return `refused: ${parsed.problem}`;
  const key = expandTargetKey(parsed, task);
  return typeof key === 'string' ? key : `failed: ${key.problem}`;
}

describe('a TargetKey', () => {
  test.each([
    ['plain', 'plain'],
    [hole('key'), '2026/raw/a b.jpg'],
    [`copy/${hole('key')}`, 'copy/2026/raw/a b.jpg'],
    [`${hole('bucket')}/${hole('key:name')}`, 'photos/a b.jpg'],
    [`archive/${hole('key:strip(2026/)')}`, 'archive/raw/a b.jpg'],
    [hole('key:strip(2026/raw/a b.jp)'), 'g'],
    [`${hole('key')}.${hole('versionId')}`, '2026/raw/a b.jpg.v1'],
    [`$${hole('key')}`, hole('key')],
    [`$${hole('key')}${hole('key:name')}`, `${hole('key')}a b.jpg`],
    ['a$b$', 'a$b$'],
    ['$$x}', '$$x}'],
  ])('%s makes %s', (template, key) => {
    expect(expand(template)).toBe(key);
  });

  test('strips a prefix with parentheses and braces in it', () => {
    expect(expand(hole('key:strip(a(1)/{b}/)'), { bucket: 'b', key: 'a(1)/{b}/c' })).toBe('c');
  });

  test.each([
    [
      hole('ky'),
      `has ${hole('ky')} at character 1: there are ` +
        ['key', 'key:strip(prefix/)', 'key:name', 'bucket', 'versionId'].map(hole).join(', '),
    ],
    [`abc${hole('')}`, `has ${hole('')} at character 4`],
    [hole('KEY'), `has ${hole('KEY')} at character 1`],
    [`ab${OPEN}key`, `has a ${OPEN} at character 3 that no } ends; write $${OPEN} for the two characters`],
    [hole('key:strip(a'), `has a ${OPEN} at character 1 that no )} ends`],
    [hole('key:strip()'), 'has a strip() at character 1 that names no prefix'],
    [hole('key:strip'), `has ${hole('key:strip')} at character 1`],
  ])('%s is refused', (template, problem) => {
    expect(expand(template)).toContain(`refused: ${problem}`);
  });

  test.each([
    [hole('key:strip(2025/)'), 'The key does not begin with "2025/", which TargetKey strips'],
    [hole('key:strip(2026/raw/a b.jpg)'), 'TargetKey makes an empty key of this one'],
  ])('%s fails a key that it does not suit', (template, problem) => {
    expect(expand(template)).toBe(`failed: ${problem}`);
  });

  test('fails a key without a name, and an object without a version', () => {
    expect(expand(hole('key:name'), { bucket: 'b', key: 'folder/' })).toBe(
      'failed: TargetKey makes an empty key of this one',
    );
    expect(expand(hole('versionId'), { bucket: 'b', key: 'a' })).toMatch(/^failed: TargetKey wants the version/);
  });

  test('says whether it needs the version', () => {
    const needs = (template: string) => {
      const parsed = parseTargetKey(template);
      return 'pieces' in parsed && needsVersion(parsed);
    };
    expect(needs(`${hole('key')}-${hole('versionId')}`)).toBe(true);
    expect(needs(`${hole('key')}-$${hole('versionId')}`)).toBe(false);
  });

  test('of any text but placeholders is that text', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((some) => !some.includes(OPEN));
    fc.assert(fc.property(text, (some) => expect(expand(some)).toBe(some)));
  });

  test('escapes any text', () => {
    const bits = fc.array(fc.constantFrom(OPEN, 'key', '}', 'a', '/', ':strip(', ')'), { minLength: 1 });
    fc.assert(
      fc.property(bits, (some) => {
        const text = some.join('');
        expect(expand(text.split(OPEN).join(`$${OPEN}`))).toBe(text);
      }),
    );
  });

  test('puts each key where its placeholders are, whatever the key has in it', () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(key, (some) => {
        const task = { bucket: 'b', key: `pre/${some}` };
        expect(expand(`x/${hole('key')}/y`, task)).toBe(`x/pre/${some}/y`);
        expect(expand(hole('key:strip(pre/)'), task)).toBe(some);
        expect(expand(`n/${hole('key:name')}`, task)).toBe(`n/${some.split('/').at(-1)}`);
      }),
    );
  });

  test('answers or refuses whatever it is given', () => {
    const bits = fc.array(fc.constantFrom('$', '{', '}', '(', ')', 'key', ':', 'name', 'strip', 'bucket', 'x'));
    fc.assert(fc.property(bits, (some) => expect(typeof expand(some.join(''))).toBe('string')));
  });
});
