import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { jobRequest } from '../../../core/job/request.ts';
import { check } from '../../../core/validation/check.ts';
import { bare } from '../../../core/validation/schema-walk.ts';
import { decodeXml } from '../../../core/wire/xml-decode.ts';
import { encodeXml, escapeXml } from '../../../core/wire/xml-encode.ts';
import { readXml } from '../../../core/wire/xml-reader.ts';
import { NAMESPACE, TAGGING_REQUEST, TAGGING_XML } from '../api/fixtures.ts';
import { GOLDEN_GENERATOR, GOLDEN_OPERATIONS } from './golden-operations.ts';

const operation = jobRequest.shape.Operation;
const decode = (xml: string, schema: z.ZodType = jobRequest) => decodeXml(readXml(xml), schema);
/** As botocore writes an empty element. */
const botocore = (xml: string) => xml.replace(/^<\?xml.*\?>\n/, '').replace(/\/>/g, ' />');

describe('documents as botocore sends them', () => {
  test('a whole CreateJob', () => {
    expect(check(jobRequest, decode(TAGGING_XML))).toEqual(TAGGING_REQUEST);
    expect(botocore(encodeXml('CreateJobRequest', jobRequest, TAGGING_REQUEST))).toBe(TAGGING_XML);
  });

  test.each(GOLDEN_OPERATIONS)('%.60s', (xml, expected) => {
    const document = `<Operation xmlns="${NAMESPACE}">${xml}</Operation>`;
    expect(check(operation, decode(document, operation))).toEqual(expected);
    // `</Value>` stands for an empty text; botocore shortens that too.
    expect(botocore(encodeXml('Operation', operation, expected))).toBe(document);
  });

  test('a ManifestGenerator with every member', () => {
    const generator = bare(jobRequest.shape.ManifestGenerator) as z.ZodType;
    expect(check(generator, decode(GOLDEN_GENERATOR.xml, generator))).toEqual(GOLDEN_GENERATOR.value);
    const encoded = botocore(encodeXml('ManifestGenerator', generator, GOLDEN_GENERATOR.value));
    expect(encoded.replace(` xmlns="${NAMESPACE}"`, '')).toBe(GOLDEN_GENERATOR.xml);
  });
});

describe('decoding', () => {
  test('takes any order, any namespace and prefix, any name of a list’s items', () => {
    const xml =
      '<n:CreateJobRequest xmlns:n="urn:x" a="b"><n:Priority> 7 </n:Priority>' +
      '<n:Tags><n:S3Tag><n:Value>v</n:Value><n:Key>k</n:Key></n:S3Tag></n:Tags></n:CreateJobRequest>';
    expect(decode(xml)).toEqual({ Priority: 7, Tags: [{ Key: 'k', Value: 'v' }] });
  });

  test('puts text together from references, CDATA and what stands beside comments', () => {
    expect(decode('<R><Description>a&lt;&#13;<![CDATA[<b>]]><!-- c -->&#x1F600;\r\nd </Description></R>')).toEqual({
      Description: 'a<\r<b>😀\nd ',
    });
  });

  test.each([
    ['<R><Priority>1</Priority><Priority>1</Priority></R>', 'Priority is given twice.'],
    ['<R><Report>x<Enabled>true</Enabled></Report></R>', 'Report has the text "x" between its elements.'],
    ['<R><__proto__>x</__proto__></R>', '__proto__ is not a name that a member or key can have.'],
    [
      '<R><Operation><LambdaInvoke><UserArguments><entry><key>a</key></entry></UserArguments></LambdaInvoke></Operation></R>',
      'Operation.LambdaInvoke.UserArguments must have entries of the form <entry><key>…</key><value>…</value></entry>.',
    ],
    [
      '<R><Operation><LambdaInvoke><UserArguments><entry><key>a</key><value/></entry><entry><key>a</key><value/></entry></UserArguments></LambdaInvoke></Operation></R>',
      'Operation.LambdaInvoke.UserArguments.a is given twice.',
    ],
  ])('refuses %s', (xml, message) => {
    expect(() => decode(xml)).toThrow(message);
  });
});

describe('round trip', () => {
  test('decode(encode(x)) is x for every value of the schema', () => {
    fc.assert(
      fc.property(arbitraryOf(jobRequest), (value) => {
        const xml = encodeXml('CreateJobRequest', jobRequest, value);
        expect(decode(xml)).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test('what XML cannot carry is shown as U+FFFD and never breaks a document', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readXml(`<a>${escapeXml(text)}</a>`).text).toHaveLength(text.length);
      }),
    );
    expect(escapeXml('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc');
  });
});

/** Values of a schema's shape; texts are any that XML can carry, whether or not a pattern would have them. */
function arbitraryOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const type = bare(schema);
  if (type instanceof z.ZodObject) {
    const members = Object.entries(type.shape).map(([name, member]) => [name, arbitraryOf(member as z.ZodType)]);
    const required = Object.keys(type.shape).filter((name) => !(type.shape[name] instanceof z.ZodOptional));
    return fc.record<Record<string, unknown>>(Object.fromEntries(members), {
      requiredKeys: required,
      noNullPrototype: true,
    });
  }
  if (type instanceof z.ZodArray) return fc.array(arbitraryOf(type.element), { maxLength: 3 });
  if (type instanceof z.ZodRecord) {
    const key = carried.filter((text) => text !== '__proto__');
    return fc.dictionary(key, carried, { maxKeys: 3, noNullPrototype: true });
  }
  if (type instanceof z.ZodEnum) return fc.constantFrom(...type.options);
  if (type instanceof z.ZodBoolean) return fc.boolean();
  if (type instanceof z.ZodNumber) return fc.maxSafeInteger();
  if ((type as z.ZodType).meta()?.['lexical'] === 'timestamp') return fc.constant('2026-01-02T03:04:05.678000Z');
  return carried;
}

const carried = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\r'));
