/**
 * The order of keys in S3: that of their UTF-8 bytes, which is that of their code points. JavaScript's own order of
 * strings is that of UTF-16 units: it puts U+1F600, whose units are surrogates, before U+FFFF.
 *
 * @returns less than 0, 0 or more than 0, as `Array.sort` wants it.
 */
export function compareKeys(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index += 1) {
    const [one, other] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (one !== other) return inCodePoints(one) - inCodePoints(other);
  }
  return a.length - b.length;
}

/** Where a UTF-16 unit stands among code points: surrogates, which spell those above U+FFFF, come last. */
function inCodePoints(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/**
 * As `compareKeys`, of two keys as one listing spells them (`encoding-type=url`): equal bytes are spelled alike, so that
 * the first difference of the spellings lies in the first byte that differs. Nothing is decoded.
 */
export function compareEncoded(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let index = 0;
  while (index < shorter && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  if (index === a.length || index === b.length) return a.length - b.length;
  const start = escapeStart(a, index);
  return byteAt(a, start) - byteAt(b, start);
}

/** Where the `%XX` begins that this character is in; the character itself if it is in none. */
function escapeStart(text: string, index: number): number {
  if (index > 0 && text.charCodeAt(index - 1) === PERCENT) return index - 1;
  if (index > 1 && text.charCodeAt(index - 2) === PERCENT) return index - 2;
  return index;
}

function byteAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code === PERCENT) return Number.parseInt(text.slice(index + 1, index + 3), 16);
  return code === PLUS ? SPACE : code;
}

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
