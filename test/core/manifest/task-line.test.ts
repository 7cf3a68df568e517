import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readCsvRecord, writeCsvField } from '../../../core/manifest/csv-record.ts';
import { LineColumns } from '../../../core/manifest/line-form.ts';
import { decodeManifestKey, encodeManifestKey } from '../../../core/manifest/object-key.ts';
import { readTaskLine } from '../../../core/manifest/task-line.ts';

describe('a record', () => {
  test('is read as a CSV library reads it', () => {
    const field = fc.string({ unit: 'grapheme', maxLength: 12 }).map((value) => value.replace(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), fc.boolean(), (fields, quoteAll) => {
        const line = fields
          .map((value) => (quoteAll ? `"${value.replaceAll('"', '""')}"` : writeCsvField(value)))
          .join(',');
        expect(readCsvRecord(line)).toEqual(fields);
        if (line !== '') expect(parse(line, { bom: false })[0]).toEqual(fields);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(['"a', 'a"b', '"a"b,c', 'a,"b', '"a""'])('%s is none: its quotes do not balance', (line) => {
    expect(readCsvRecord(line)).toBeUndefined();
  });

  test('any line is a record or none, and never an error', () => {
    fc.assert(fc.property(fc.string({ maxLength: 30 }), (line) => void readCsvRecord(line)));
  });
});

describe('a key', () => {
  test.each([
    ['plain', 'plain'],
    ['a%20b', 'a b'],
    ['a+b', 'a b'],
    ['a%2Bb', 'a+b'],
    ['pct%2520literal', 'pct%20literal'],
    ['photos/jpgs/%C3%BC.jpg', 'photos/jpgs/ü.jpg'],
    ['ü', 'ü'],
  ])('spelled %s is %s', (spelled, key) => {
    expect(decodeManifestKey(spelled)).toBe(key);
  });

  test.each(['', '100%', '%zz', '%C3', '%FF'])('cannot be spelled %j', (spelled) => {
    expect(decodeManifestKey(spelled)).toBeUndefined();
  });

  test('comes back from its spelling', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (key) => {
        const spelled = encodeManifestKey(key);
        expect(decodeManifestKey(spelled)).toBe(key);
        expect(readCsvRecord(spelled)).toEqual([spelled]);
      }),
    );
  });
});

describe('a line', () => {
  const three = ['Bucket', 'Key', 'VersionId'] as const;

  test.each([
    [['Bucket', 'Key'], 'photos,a%20b', { bucket: 'photos', key: 'a b', manifestKey: 'a%20b' }],
    [['Key', 'Ignore', 'Bucket'], '"k,1",x,photos', { bucket: 'photos', key: 'k,1', manifestKey: 'k,1' }],
    [three, 'photos,k,null', { bucket: 'photos', key: 'k', manifestKey: 'k', versionId: 'null' }],
    [three, 'photos,k,', { bucket: 'photos', key: 'k', manifestKey: 'k', versionId: '' }],
  ] as const)('by %j: %s', (fields, line, task) => {
    expect(readTaskLine(line, new LineColumns({ columns: fields }))).toEqual(task);
  });

  test.each([
    ['photos', 'Unexpected number of task fields: 1 where Fields names 3'],
    ['', 'Unexpected number of task fields: 1 where Fields names 3'],
    ['photos,k,v,x', 'Unexpected number of task fields: 4 where Fields names 3'],
    ['photos,"k,v', 'Manifest file is not properly formatted: quotes are not balanced'],
    ['s3://photos,k,v', 'Invalid bucket name "s3://photos"'],
    ['photos,100%,v', 'Invalid object key format "100%": keys are URL-encoded, a literal % is %25'],
    ['photos,,v', 'Invalid object key format "": keys are URL-encoded, a literal % is %25'],
    ['photos,k,a b', 'Invalid version ID format "a b"'],
  ])('%s fails the job: %s', (line, reason) => {
    expect(readTaskLine(line, new LineColumns({ columns: three }))).toBe(reason);
  });
});
