import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_RESULT_MESSAGE, resultMessage } from '../../../core/operations/result-message.ts';

describe('a result message', () => {
  test('is the beginning of the text, of whole characters, as long as may be', () => {
    const long = fc.string({ unit: 'grapheme', minLength: 900, maxLength: 1_200 });
    fc.assert(
      fc.property(long, (text) => {
        const message = resultMessage(text);
        expect(text.startsWith(message)).toBe(true);
        expect(message.length).toBeLessThanOrEqual(MAX_RESULT_MESSAGE);
        expect(message.length).toBeGreaterThanOrEqual(Math.min(text.length, MAX_RESULT_MESSAGE - 1));
        expect(Buffer.from(message).toString()).toBe(message);
      }),
    );
  });
});
