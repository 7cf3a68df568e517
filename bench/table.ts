/** One line of a bench's result: a name, a value, what it is measured in. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Prints figures as a table that lines up, and as one line of JSON for programs. */
export function printFigures(title: string, figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length));
  console.log(`\n${title}`);
  for (const { name, value, unit } of figures) {
    console.log(`  ${name.padEnd(width)}  ${format(value).padStart(12)} ${unit}`);
  }
  console.log(JSON.stringify({ bench: title, figures }));
}

/** A row of a result: column → value. */
export type Row = Readonly<Record<string, string | number>>;

/** Prints rows as a table under their columns' names, and as one line of JSON for programs. */
export function printRows(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  for (const line of table(rows)) console.log(`  ${line}`);
  console.log(JSON.stringify({ bench: title, rows }));
}

/** The lines of a table: the columns of the first row, text to the left, numbers to the right. */
export function table(rows: readonly Row[]): readonly string[] {
  const columns = Object.keys(rows[0] ?? {});
  const shown = (row: Row, column: string): string => {
    const value = row[column] ?? '';
    return typeof value === 'number' ? value.toLocaleString('en-US', { maximumSignificantDigits: 6 }) : value;
  };
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => shown(row, column).length)));
  const isText = columns.map((column) => typeof rows[0]?.[column] === 'string');
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isText[i] === true ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  return [columns, ...rows.map((row) => columns.map((column) => shown(row, column)))].map(line);
}

function format(value: number): string {
  const digits = value !== 0 && Math.abs(value) < 10 ? 2 : 0;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
