const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

/** Text as the content of an XML element. A carriage return that is not escaped would be read as a line feed. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>\r]/g, (c) => ESCAPES[c] ?? c);
}

/**
 * The text of the first element of this name without attributes, wherever it stands; undefined if there is none.
 * Enough for S3's error documents, which are flat; not for documents that nest.
 */
export function elementText(xml: string, name: string): string | undefined {
  const open = `<${name}>`;
  const start = xml.indexOf(open);
  const end = start < 0 ? -1 : xml.indexOf('<', start + open.length);
  if (end < 0 || !xml.startsWith(`</${name}>`, end)) return undefined;
  return unescapeXml(xml.slice(start + open.length, end));
}

/** Text of an element with its references resolved; those that are not known stay. */
export function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|(\w{1,8}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
