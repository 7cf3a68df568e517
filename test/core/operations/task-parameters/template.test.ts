import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  columnsIn,
  escapeTemplate,
  expandTemplate,
  parseTemplate,
} from '../../../../core/operations/task-parameters/template.ts';

const TASK = { bucket: 'photos', key: '2026/a b.jpg' };
const COLUMNS = new Map([
  ['Owner', 'ann'],
  ['cost centre', '12'],
  ['a:b', 'x'],
  ['Empty', ''],
]);

/** What a placeholder begins with. */
const OPEN = '$'.concat('{');

/** A placeholder. */
const hole = (name: string) => `\${${name}}`;

function expand(template: string): string {
  const parsed = parseTemplate(template);
  if ('problem' in parsed) return `refused: ${parsed.problem}`;
  const text = expandTemplate(parsed, { task: TASK, columnOf: (column) => COLUMNS.get(column) }, 'It');
  return typeof text === 'string' ? text : `failed: ${text.problem}`;
}

/** Any text of what the language is made of. */
const anyTemplate = fc
  .array(fc.constantFrom('$', '{', '}', '(', ')', ':', 'key', 'name', ':strip(', ':default(', 'Owner', 'Empty', OPEN))
  .map((bits) => bits.join(''));

describe('a template', () => {
  test.each([
    ['', ''],
    [hole('Owner'), 'ann'],
    [`${hole('bucket')}-${hole('cost centre')}!`, 'photos-12!'],
    [hole('a:b'), 'x'],
    [hole('Empty:default(nobody)'), 'nobody'],
    [hole('Owner:default(nobody)'), 'ann'],
    [hole('Empty:default()'), ''],
    [hole('Empty:default(a {b} (c) d)'), 'a {b} (c) d'],
    [hole('versionId:default(null)'), 'null'],
    [`$${hole('Owner')}`, hole('Owner')],
    [hole('Empty'), 'failed: It wants the column Empty, which is empty in this line'],
    [hole('Nowhere'), 'failed: It wants the column Nowhere, which is empty in this line'],
    [hole('versionId'), 'failed: It wants the version, but the manifest names none of this object'],
    [
      hole('Empty:default(x'),
      `refused: has a ${OPEN} at character 1 that no )} ends; write $${OPEN} for the two characters`,
    ],
    [hole('key:default(x)'), 'refused: has a default() at character 1 for what is never empty'],
    [`a${hole('key:nam')}`, `refused: has ${hole('key:nam')} at character 2: there are`],
    [hole(''), `refused: has ${hole('')} at character 1: there are`],
    [`${OPEN}Owner`, `refused: has a ${OPEN} at character 1 that no } ends`],
  ])('%s makes %s', (template, text) => {
    if (text.startsWith('refused')) expect(expand(template)).toContain(text);
    else expect(expand(template)).toBe(text);
  });

  test('tells which columns it names', () => {
    const parsed = parseTemplate(`${hole('key')}${hole('Owner')}$${hole('No')}${hole('Team:default(x)')}`);
    expect('pieces' in parsed && columnsIn(parsed)).toEqual(['Owner', 'Team']);
  });

  test('is filled or refused, whatever it is', () => {
    fc.assert(fc.property(anyTemplate, (template) => expect(typeof expand(template)).toBe('string')));
  });

  test('of an escaped text is that text, alone or among others', () => {
    fc.assert(
      fc.property(fc.oneof(anyTemplate, fc.string({ unit: 'grapheme' })), (text) => {
        expect(expand(escapeTemplate(text))).toBe(text);
        expect(expand(`${hole('Owner')}/${escapeTemplate(text)}`)).toBe(`ann/${text}`);
      }),
    );
  });

  test('takes what columns have for text, whatever it looks like', () => {
    fc.assert(
      fc.property(anyTemplate, (value) => {
        const parsed = parseTemplate(`a${hole('Some:default()')}b`);
        if ('problem' in parsed) throw new Error(parsed.problem);
        expect(expandTemplate(parsed, { task: TASK, columnOf: () => value }, 'It')).toBe(`a${value}b`);
      }),
    );
  });
});
