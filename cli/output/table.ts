/** Which side a column's cells lean to. */
export type Alignment = 'left' | 'right';

/** A column of a table: its heading and the side its cells lean to. */
export interface Column {
  readonly heading: string;
  readonly align: Alignment;
}

/** The table as lines that line up: the heading first. The last column is not padded. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const headings = columns.map((column) => column.heading);
  const widths = columns.map((_, index) => Math.max(...[headings, ...rows].map((cells) => widthOf(cells[index]))));
  return [headings, ...rows].map((cells) =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align))
      .join('  ')
      .trimEnd(),
  );
}

/** Name and value pairs under each other, the values lined up. */
export function listLines(pairs: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(...pairs.map(([name]) => widthOf(name)));
  return pairs.map(([name, value]) => `${pad(name, width, 'left')}  ${value}`.trimEnd());
}

function pad(text: string, width: number, align: Alignment): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

/** In code points: a surrogate pair is one character on the screen. */
function widthOf(text: string | undefined): number {
  return [...(text ?? '')].length;
}
