import { describe, expect, test } from '@jest/globals';
import { BODY_BYTES_MAXIMUM, bodyText, MalformedDocument } from '../../../core/wire/malformed-document.ts';
import { readXml } from '../../../core/wire/xml-reader.ts';

describe('readXml', () => {
  test('refuses what is not well-formed, saying where', () => {
    for (const xml of [
      '',
      'x',
      '<a>',
      '<a></b>',
      '<a/><b/>',
      '<a/>x',
      '<a b=c/>',
      '<a b="1" b="2"/>',
      '<a>&nbsp;</a>',
      '<a>&</a>',
      '<a>]]></a>',
      '<a>\u0001</a>',
      '<a>&#1;</a>',
      '<a><!-- -- --></a>',
      '<x:a/>',
      '< a/>',
      ' <?xml version="1.0"?><a/>',
      '<a',
      '<!-- a',
      '<a><![CDATA[</a>',
    ]) {
      expect(() => readXml(xml)).toThrow(MalformedDocument);
      expect(() => readXml(xml)).toThrow(/^The body is not an XML document that can be read: \d+:\d+: /);
    }
  });

  test('refuses document types, and with them every way to make entities', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>';
    for (const xml of ['<!DOCTYPE a><a/>', bomb, '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>']) {
      expect(() => readXml(xml)).toThrow('a document type (DTD) is not accepted');
    }
    expect(readXml('<a><![CDATA[<!DOCTYPE a>]]></a>').text).toBe('<!DOCTYPE a>');
  });

  test('refuses encodings other than UTF-8, and depth', () => {
    expect(() => readXml('<?xml version="1.0" encoding="UTF-16"?><a/>')).toThrow('the encoding must be UTF-8');
    expect(readXml('<?xml version="1.0" encoding="utf-8"?>\n<a/>')).toEqual({ name: 'a', children: [], text: '' });
    expect(readXml(`${'<a>'.repeat(32)}${'</a>'.repeat(32)}`).name).toBe('a');
    expect(() => readXml('<a>'.repeat(100_000))).toThrow('nested more than 32 deep');
  });
});

describe('bodyText', () => {
  test('leaves a byte order mark out and refuses what is not UTF-8 or too large', () => {
    expect(bodyText(Buffer.from('\ufeff<a/>'))).toBe('<a/>');
    for (const bytes of [
      [0xff, 0xfe],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0x3c, 0x80],
    ]) {
      expect(() => bodyText(Uint8Array.from(bytes))).toThrow('The body is not valid UTF-8.');
    }
    expect(() => bodyText(new Uint8Array(BODY_BYTES_MAXIMUM + 1))).toThrow('at most 1048576 are read');
  });
});
