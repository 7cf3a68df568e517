/**
 * One line of a CSV manifest into its fields, and fields into a line (RFC 4180, commas). A record is one line: a line
 * break inside quotes is not known here, and a line whose quotes do not balance is no record.
 */

/** The fields of a line given without its line break; undefined if its quotes are not balanced or not at a field's ends. */
export function readCsvRecord(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let position = 0;
  for (;;) {
    if (line[position] === '"') {
      const field = readQuoted(line, position + 1);
      if (field === undefined) return undefined;
      fields.push(field.text);
      position = field.end;
    } else {
      const comma = line.indexOf(',', position);
      const end = comma === -1 ? line.length : comma;
      const field = line.slice(position, end);
      if (field.includes('"')) return undefined;
      fields.push(field);
      position = end;
    }
    if (position === line.length) return fields;
    if (line[position] !== ',') return undefined;
    position += 1;
  }
}

function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  let position = start;
  for (;;) {
    const quote = line.indexOf('"', position);
    if (quote === -1) return undefined;
    text += line.slice(position, quote);
    if (line[quote + 1] !== '"') return { text, end: quote + 1 };
    text += '"';
    position = quote + 2;
  }
}

/** A field as it stands in a line: bare where it can be, else quoted with its quotes doubled. */
export function writeCsvField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
