import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { s3Failure } from '../../../core/s3/s3-failure.ts';
import { elementText, escapeXml } from '../../../core/s3/xml-text.ts';

const DOCUMENT =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>It&apos;s &quot;not&quot; &lt;there&gt; ' +
  '&#38; never was&#x21;</Message><Key>a</Key><RequestId>R</RequestId><HostId>H=</HostId></Error>';

function failure(status: number, body: string, headers: Record<string, string> = {}, errorIn200 = false) {
  return s3Failure({ status, headers, body, bytes: Buffer.from(body), truncated: false }, errorIn200);
}

describe('an answer of S3', () => {
  test('with an error document is what the document says', () => {
    expect(failure(404, DOCUMENT)).toEqual({
      httpStatus: 404,
      code: 'NoSuchKey',
      message: 'It\'s "not" <there> & never was!',
      requestId: 'R',
      extendedRequestId: 'H=',
    });
  });

  test('without a body (HEAD) is what its status and headers say', () => {
    const headers = { 'x-amz-request-id': 'R', 'x-amz-id-2': 'H' };
    const said = { httpStatus: 404, code: 'NotFound', message: 'Not Found', requestId: 'R', extendedRequestId: 'H' };
    expect(failure(404, '', headers)).toEqual(said);
  });

  test.each([
    ['a page of a proxy', '<html><Code>x</Code></html>'],
    ['a document cut short', '<Error><Code>Slow'],
    ['no XML', '\u0000\uffff'],
  ])('that is %s is what its status says', (_, body) => {
    expect(failure(502, body)).toMatchObject({ code: 'BadGateway', message: 'Bad Gateway' });
  });

  test('of 200 is a success, and with an error document a failure where S3 may do so', () => {
    expect(failure(200, '<CopyObjectResult/>', {}, true)).toBeUndefined();
    expect(failure(200, DOCUMENT)).toBeUndefined();
    expect(failure(200, ` \n${DOCUMENT}`, {}, true)).toMatchObject({ httpStatus: 200, code: 'NoSuchKey' });
  });

  test('of 304 is no success', () => {
    expect(failure(304, '')).toMatchObject({ httpStatus: 304, code: 'NotModified' });
  });
});

describe('the text of an element', () => {
  test('is what was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(elementText(`<a><Code>${escapeXml(text)}</Code></a>`, 'Code')).toBe(text);
      }),
    );
  });

  test('never throws, whatever the document', () => {
    const pieces = fc.constantFrom(
      '<Code>',
      '</Code>',
      '&',
      '&#x110000;',
      '&#9999999;',
      '&amp;',
      '<',
      'x',
      '&__proto__;',
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const text = elementText(parts.join(''), 'Code');
        expect(['string', 'undefined']).toContain(typeof text);
      }),
    );
  });
});
