import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headerText, isHeaderName } from '../../../core/s3/header-text.ts';

/** What S3 reads: encoded words, the space between two of which is no part of the text (RFC 2047, section 6.2). */
function decoded(header: string): string {
  return header
    .split(' ')
    .map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? 'no word', 'base64').toString())
    .join('');
}

describe('user metadata in a header', () => {
  test('is itself where it is printable ASCII', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(headerText(text)).toBe(text)));
  });

  test('is in encoded words of at most 75 characters where it is not', () => {
    const texts = fc.string({ unit: 'binary' }).map((text) => `ü${text}`);
    fc.assert(
      fc.property(texts, (text) => {
        const header = headerText(text);
        expect(header).toMatch(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/);
        for (const word of header.split(' ')) expect(word.length).toBeLessThanOrEqual(75);
        expect(decoded(header)).toBe(text);
      }),
    );
  });

  test('has no line breaks', () => {
    expect(headerText('a\r\nb: c')).toBe('=?UTF-8?B?YQ0KYjogYw==?=');
  });
});

test.each([
  ['project', true],
  ['x-y_z.1', true],
  ['', false],
  ['a b', false],
  ['a:b', false],
  ['größe', false],
])('%j as a part of a header’s name: %s', (name, is) => {
  expect(isHeaderName(name)).toBe(is);
});
