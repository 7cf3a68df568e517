/**
 * The records of a CSV as the ItemReader of a distributed Map reads them
 * (https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html): quotes may enclose a field and
 * are doubled to stand for themselves; a backslash, too, makes itself, a quote or the delimiter stand for themselves,
 * and before anything else it silently disappears. csv-parse knows one or the other way to escape, and not the last.
 * Empty lines are no records.
 */
export function* csvRows(text: string, delimiter: string): Generator<string[]> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end === -1 ? undefined : end).replace(/\r$/, '');
    if (line.includes('"') || line.includes('\\')) {
      const record = escapedRecord(text, at, delimiter);
      at = record.next;
      yield record.fields;
    } else {
      at = end === -1 ? text.length : end + 1;
      if (line !== '') yield line.split(delimiter);
    }
  }
}

function escapedRecord(text: string, start: number, delimiter: string): { fields: string[]; next: number } {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let at = start;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    const following = text.charAt(at + 1);
    if (character === '\\') {
      if (following !== '\\' && following !== '"' && following !== delimiter) continue;
      field += following;
      at++;
    } else if (character === '"') {
      if (quoted && following === '"') {
        field += '"';
        at++;
      } else {
        quoted = !quoted;
      }
    } else if (quoted) {
      field += character;
    } else if (character === delimiter) {
      fields.push(field);
      field = '';
    } else if (character === '\n') {
      break;
    } else if (character !== '\r' || following !== '\n') {
      field += character;
    }
  }
  return { fields: [...fields, field], next: at + 1 };
}
