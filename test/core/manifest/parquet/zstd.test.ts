import { describe, expect, test } from '@jest/globals';
import { unpackZstd } from '../../../../core/manifest/parquet/zstd.ts';

/** A frame of one block that is not packed. @param sized whether it says how long it is. */
function frame(text: string, sized: boolean): Buffer {
  const block = text.length * 8 + 1;
  const head = sized ? [0x20, text.length] : [0x00, 0x00];
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...head, block & 255, block >> 8, 0, ...Buffer.from(text)]);
}

const text = (input: Buffer, length: number): string => Buffer.from(unpackZstd(input, length)).toString();

describe('zstd', () => {
  test('of many frames is unpacked one after another', () => {
    const frames = [frame('one', true), frame('two', true), frame('', true), frame('three', true)];
    expect(text(Buffer.concat(frames), 11)).toBe('onetwothree');
  });

  test('of one frame is unpacked whether it says its length or not', () => {
    expect(text(frame('alone', true), 5)).toBe('alone');
    expect(text(frame('alone', false), 5)).toBe('alone');
    // Bytes of the value that stands there before.
    expect(text(frame('ZZ\u005a', false), 3)).toBe('ZZZ');
  });

  test.each<[string, Buffer, number, RegExp]>([
    ['a frame that is shorter, and does not say so', frame('abc', false), 5, /fewer bytes than its header says \(5\)/],
    ['a frame of another length', frame('abc', true), 5, /has 3 bytes, but its header says 5/],
    ['frames that are shorter', Buffer.concat([frame('a', true), frame('b', true)]), 3, /have 2 bytes, but .* 3/],
    ['frames that are longer', Buffer.concat([frame('ab', true), frame('cd', true)]), 3, /have more bytes than .*3/],
    ['frames of unknown length', Buffer.concat([frame('ab', false), frame('cd', true)]), 4, /do not say how long/],
    ['a frame that is cut off', frame('abcdef', true).subarray(0, 10), 6, /breaks off in its zstd frame/],
    ['something else', Buffer.from('something'), 6, /is not zstd/],
  ])('refuses %s', (_, input, length, reason) => {
    expect(() => unpackZstd(input, length)).toThrow(reason);
  });
});
