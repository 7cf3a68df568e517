import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { decodeListedKey, NotAListing, readListPage } from '../../../core/listing/list-page.ts';
import { contentsOf, pageOf, urlEncoded } from './memory-bucket.ts';

const read = (document: string) => readListPage(Buffer.from(document));

const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const object = fc.record({
  key,
  size: fc.nat().map(String),
  etag: fc.stringMatching(/^[0-9a-f]{32}(-\d{1,4})?$/),
  storageClass: fc.constantFrom('STANDARD', 'GLACIER', 'DEEP_ARCHIVE'),
  lastModified: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2099-01-01') })
    .map((date) => date.toISOString()),
});

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => name === 'Contents' || name === 'CommonPrefixes',
});

interface Parsed {
  ListBucketResult: {
    IsTruncated: string;
    Contents?: { Key: string; LastModified: string; ETag: string; Size: string; StorageClass: string }[];
    CommonPrefixes?: { Prefix: string }[];
  };
}

describe('a page of a listing', () => {
  test('is read as fast-xml-parser reads it, whatever the keys', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(object, { selector: (each) => each.key, maxLength: 20 }),
        fc.array(key, { maxLength: 3 }),
        fc.boolean(),
        (objects, folders, truncated) => {
          objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
          const document = pageOf(
            objects.map((each) => contentsOf(each.key, each)),
            folders,
            truncated,
          );
          const { ListBucketResult: result } = parser.parse(document) as Parsed;
          const page = read(document);
          expect(page.truncated).toBe(result.IsTruncated === 'true');
          expect(page.folders).toEqual((result.CommonPrefixes ?? []).map(({ Prefix }) => decodeListedKey(Prefix)));
          expect(page.folders).toEqual(folders);
          expect(page.objects).toEqual(
            (result.Contents ?? []).map(({ Key, LastModified, ETag, Size, StorageClass }) => ({
              encodedKey: Key,
              lastModified: LastModified,
              etag: ETag.replaceAll('"', ''),
              size: Size,
              storageClass: StorageClass,
            })),
          );
          expect(page.objects.map(({ encodedKey }) => decodeListedKey(encodedKey))).toEqual(
            objects.map((each) => each.key),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('that was cut off anywhere, or has another byte in its tags, is none', () => {
    const document = pageOf([contentsOf('a b'), contentsOf('c')], ['d/'], true);
    for (let length = 0; length < document.length; length += 1) {
      expect(() => read(document.slice(0, length))).toThrow(NotAListing);
    }
    fc.assert(
      fc.property(fc.nat(document.length - 1), fc.constantFrom('<', '>', '/', 'x'), (at, other) => {
        try {
          const page = read(document.slice(0, at) + other + document.slice(at + 1));
          expect(page.objects.length).toBeLessThanOrEqual(2);
        } catch (error) {
          expect(error).toBeInstanceOf(NotAListing);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('of a store that writes it otherwise is read as well', () => {
    const page = read(
      '<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n' +
        ' <IsTruncated>false</IsTruncated>\n <Contents>\n  <Key>a&amp;b, "é".txt</Key>\n' +
        '  <Owner><ID>1</ID><DisplayName/></Owner><Size>7</Size><ETag>"x"</ETag>\n' +
        '  <LastModified>2026-01-02T03:04:05Z</LastModified><Type>Normal</Type></Contents>\n <Marker/></ListBucketResult>\n',
    );
    expect(page.objects).toEqual([
      {
        encodedKey: 'a%26b%2C%20%22%C3%A9%22.txt',
        size: '7',
        etag: 'x',
        lastModified: '2026-01-02T03:04:05Z',
        storageClass: 'STANDARD',
      },
    ]);
  });

  test.each([
    ['another document', '<Error><Code>x</Code></Error>', /does not begin as one/],
    ['keys out of order', pageOf([contentsOf('b'), contentsOf('a')], [], false), /not in the order of UTF-8/],
    ['a key twice', pageOf([contentsOf('a'), contentsOf('a')], [], false), /not in the order of UTF-8/],
    ['an object without a key', pageOf([contentsOf('a').replace('<Key>a</Key>', '')], [], false), /has no Key/],
    ['no word of more', pageOf([], [], false).replace('<IsTruncated>false</IsTruncated>', ''), /no IsTruncated/],
    ['a comment', pageOf(['<!-- x -->'], [], false), /no element of a listing/],
  ])('with %s is none', (_, document, reason) => {
    expect(() => read(document)).toThrow(reason);
  });

  test('spells keys as they are decoded', () => {
    fc.assert(fc.property(key, (each) => expect(decodeListedKey(urlEncoded(each))).toBe(each)));
  });
});
