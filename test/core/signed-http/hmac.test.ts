import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HmacKey } from '../../../core/signed-http/hmac.ts';

test("is Node's own HMAC-SHA256, text after text with one key", () => {
  const keys = fc.uint8Array({ maxLength: 64 });
  const texts = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 1_200, size: 'max' }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(keys, texts, (bytes, all) => {
      const key = new HmacKey(Buffer.from(bytes));
      for (const text of all) {
        expect(key.sign(text)).toBe(createHmac('sha256', Buffer.from(bytes)).update(text).digest('hex'));
      }
    }),
  );
});

test('signs texts that are longer than its room', () => {
  const key = Buffer.alloc(32, 1);
  for (const length of [1_024, 1_025, 10_000]) {
    const text = 'x'.repeat(length);
    expect(new HmacKey(key).sign(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
  }
});

test('refuses a key that it would have to hash first', () => {
  expect(() => new HmacKey(Buffer.alloc(65))).toThrow(/65 bytes/);
});
