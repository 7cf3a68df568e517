import { describe, expect, test } from '@jest/globals';
import { csvRows } from '../../../local/stepfunctions/engine/csv-rows.ts';

describe('A CSV is read as the ItemReader does:', () => {
  test.each<[string, string, string[][]]>([
    [
      'lines and commas',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['no last line break', 'a\n1', [['a'], ['1']]],
    [
      'CRLF',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a byte order mark', '\uFEFFa\n1', [['a'], ['1']]],
    ['empty lines are no records', 'a\n\n1\n', [['a'], ['1']]],
    ['empty fields', 'a,,\n', [['a', '', '']]],
    [
      'quotes around delimiters and line breaks',
      '"a,b","c\nd"\n1,2',
      [
        ['a,b', 'c\nd'],
        ['1', '2'],
      ],
    ],
    ['doubled quotes', '"say ""hi""",x', [['say "hi"', 'x']]],
    ['a backslash before a backslash, a quote, the delimiter', 'c:\\\\d,\\"q\\",a\\,b', [['c:\\d', '"q"', 'a,b']]],
    ['a backslash before anything else is lost', 'c:\\new,x', [['c:new', 'x']]],
    ['CRLF after quotes', '"a"\r\n"b"\r\n', [['a'], ['b']]],
  ])('%s', (_what, text, rows) => {
    expect([...csvRows(text, ',')]).toEqual(rows);
  });

  test('another delimiter', () => {
    expect([...csvRows('a|b,c\\|d', '|')]).toEqual([['a', 'b,c|d']]);
  });
});
