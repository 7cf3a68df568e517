import { expect, test } from '@jest/globals';
import { table } from '../../bench/table.ts';

test('a table has its columns under their names, text to the left and numbers to the right', () => {
  const rows = [
    { what: 'tag', 'tasks/s': 36_990 },
    { what: 'copying', 'tasks/s': 7.5 },
  ];
  expect(table(rows)).toEqual(['what     tasks/s', 'tag       36,990', 'copying      7.5']);
});

test('a table of nothing is a line of nothing', () => {
  expect(table([])).toEqual(['']);
});
