/** The namespace of S3's answers. */
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot carry them as they are
const SPECIAL = /[&<>"\0-\x08\x0a-\x1f\ufffe\uffff]/g;
const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for an element. Line breaks and control characters become references, as S3 writes them. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (one) => NAMED[one] ?? `&#x${one.charCodeAt(0).toString(16).toUpperCase()};`);
}

/** `<name>text</name>`, or nothing if there is no text. */
export function element(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : `<${name}>${typeof text === 'string' ? escapeXml(text) : text}</${name}>`;
}

/** A whole answer. `content` is XML already. */
export function document(root: string, content: string): string {
  return `${DECLARATION}<${root} xmlns="${NAMESPACE}">${content}</${root}>`;
}

/** An error document, which S3 gives no namespace. */
export function errorDocument(content: string): string {
  return `${DECLARATION}<Error>${content}</Error>`;
}

/** ISO 8601 with milliseconds, which S3 always shows as zeros in listings. */
export function timestamp(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}

/** `encoding-type=url`: form encoding that leaves `/` and `*` as they are. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');
}
