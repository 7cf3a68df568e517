/** What a header's value may have in it as it is. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Bytes of text in one encoded word: 75 characters, less its frame, in base64 (RFC 2047, section 2). */
const WORD_BYTES = 45;

/**
 * User metadata as the value of a header: as it is where it is printable ASCII, else in the encoded words of RFC 2047,
 * which S3 decodes before it stores the value and encodes again when it gives it back.
 * Source: "Working with object metadata", S3 User Guide.
 */
export function headerText(text: string): string {
  if (PLAIN.test(text)) return text;
  const words: string[] = [];
  let bytes: Buffer[] = [];
  let length = 0;
  const end = () => words.push(`=?UTF-8?B?${Buffer.concat(bytes).toString('base64')}?=`);
  for (const character of text) {
    const encoded = Buffer.from(character);
    if (length + encoded.length > WORD_BYTES) {
      end();
      bytes = [];
      length = 0;
    }
    bytes.push(encoded);
    length += encoded.length;
  }
  end();
  return words.join(' ');
}

/** Whether a text can be a header's value without being encoded. */
export function isPlainHeader(text: string): boolean {
  return PLAIN.test(text);
}

/** Whether a text can be part of a header's name (RFC 9110, section 5.6.2, token). */
export function isHeaderName(text: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(text);
}
