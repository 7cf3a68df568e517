import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodePath, encodeQuery, encodeUri } from '../../../core/signed-http/uri-encoding.ts';

const text = fc.string({ unit: 'binary' });

describe('encoding', () => {
  test('is undone by decoding, segment by segment', () => {
    fc.assert(
      fc.property(text, (key) => {
        const decoded = encodePath(key).split('/').map(decodeURIComponent).join('/');
        expect(decoded).toBe(key);
      }),
    );
  });

  test('leaves nothing but unreserved characters, escapes and slashes', () => {
    fc.assert(
      fc.property(text, (key) => {
        expect(encodePath(key)).toMatch(/^(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})*$/);
        expect(encodeUri(key)).toMatch(/^(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})*$/);
      }),
    );
  });

  test.each(['a/../b', './a', 'a//b', '/a', '..', 'a/.'])('keeps the dots and slashes of %s', (key) => {
    expect(encodePath(key)).toBe(key);
  });

  test('of a bare subresource is bare on the wire and has its sign in the signature', () => {
    expect(encodeQuery({ versionId: 'a/b', tagging: '' })).toEqual({
      wire: 'tagging&versionId=a%2Fb',
      canonical: 'tagging=&versionId=a%2Fb',
    });
  });

  test('refuses half a surrogate pair', () => {
    expect(() => encodePath('a\ud800')).toThrow(URIError);
  });
});
