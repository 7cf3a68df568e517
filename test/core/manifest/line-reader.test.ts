import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineTooLong, MAXIMUM_LINE_BYTES, readLines } from '../../../core/manifest/line-reader.ts';

/** The stream of a range as a reader of ranges gives it, in pieces of these sizes. */
async function* pieces(file: Buffer, from: number, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let position = Math.max(0, from - 1);
  for (let piece = 0; position < file.length; piece += 1) {
    const size = sizes[piece % sizes.length] ?? 1;
    yield file.subarray(position, position + size);
    position += size;
  }
}

async function linesOf(
  file: Buffer,
  from: number,
  end: number,
  sizes: readonly number[] = [65_536],
): Promise<string[]> {
  const lines: string[] = [];
  await readLines(pieces(file, from, sizes), { from, end }, (line) => {
    lines.push(line.toString('utf8'));
    return true;
  });
  return lines;
}

/** What a file's lines are, said in the simplest way. */
function expectedLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

const text = fc
  .array(fc.constantFrom('a', 'ü', '\r\n', '\n', ',', '"', '€x', '\uFEFF', ''), { maxLength: 60 })
  .map((parts) => parts.join(''));

describe('the lines of a file', () => {
  test.each([
    ['', []],
    ['a,b', ['a,b']],
    ['a,b\n', ['a,b']],
    ['a,b\r\nc,d\r\n', ['a,b', 'c,d']],
    ['\uFEFFa\nb', ['a', 'b']],
    ['a\n\nb\n', ['a', '', 'b']],
  ])('%j', async (file, lines) => {
    expect(await linesOf(Buffer.from(file), 0, file.length * 3)).toEqual(lines);
  });

  test('cut at any places into ranges, read in any pieces: each line is in exactly one range', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(fc.nat(200), { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        async (content, cuts, sizes) => {
          const file = Buffer.from(content);
          const bounds = [...new Set([0, ...cuts.map((cut) => Math.min(cut, file.length)), file.length])].sort(
            (a, b) => a - b,
          );
          const lines: string[] = [];
          for (const [index, from] of bounds.entries()) {
            const end = bounds[index + 1];
            if (end !== undefined) lines.push(...(await linesOf(file, from, end, sizes)));
          }
          expect(lines).toEqual(expectedLines(content));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('stops when it is told to', async () => {
    const seen: string[] = [];
    await readLines(pieces(Buffer.from('a\nb\nc\n'), 0, [2]), { from: 0, end: 6 }, (line) => {
      seen.push(line.toString());
      return seen.length < 2;
    });
    expect(seen).toEqual(['a', 'b']);
  });

  test('a file without line breaks does not fill the memory', async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(16_384, 'x');
    };
    const read = readLines(endless(), { from: 0, end: Number.MAX_SAFE_INTEGER }, () => true);
    await expect(read).rejects.toThrow(new LineTooLong(`a line is longer than ${MAXIMUM_LINE_BYTES} bytes`));
  });
});
