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

function format(value: number): string {
  const digits = value !== 0 && Math.abs(value) < 10 ? 2 : 0;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
