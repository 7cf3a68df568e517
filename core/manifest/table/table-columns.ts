import type { Manifest } from '../../job/request.ts';
import { writeCsvField } from '../csv-record.ts';
import type { LineForm } from '../line-form.ts';
import { invalidManifest } from '../manifest-error.ts';
import { encodeManifestKey } from '../object-key.ts';

/** A column of the job's lines, and where the table has it. */
interface TableColumn {
  /** Bucket, Key, VersionId, what inventories call it, or a name of its own. */
  readonly name: string;
  /** Its name in the table. */
  readonly from: string;
}

/** What a row lacks to be a line. */
export interface RowProblem {
  readonly problem: string;
}

/** How the rows of a table become the lines of a job: the columns that the job needs, written as a CSV manifest has them. */
export class TableColumns {
  readonly form: LineForm;

  constructor(
    readonly columns: readonly TableColumn[],
    private readonly options: {
      readonly bucket?: string | undefined;
      readonly emptyVersion?: LineForm['emptyVersion'];
      /** Keys of the table are URL-encoded already. */
      readonly encoded: boolean;
    },
  ) {
    const { bucket, emptyVersion } = options;
    this.form = {
      columns: columns.map(({ name }) => name),
      ...(bucket === undefined ? {} : { bucket }),
      ...(emptyVersion === undefined ? {} : { emptyVersion }),
    };
  }

  /** The table's columns that are read, in the lines' order. */
  get sources(): readonly string[] {
    return this.columns.map(({ from }) => from);
  }

  /** @throws ManifestError when the table does not have all of the columns. */
  requireIn(found: ReadonlySet<string>, named: string): void {
    const missing = this.sources.filter((column) => !found.has(column));
    if (missing.length === 0) return;
    const there = found.size === 0 ? 'none' : [...found].slice(0, 12).join(', ');
    throw invalidManifest(`${named} has no column ${missing.join(', ')}; it has ${there}`.slice(0, 256));
  }

  /** The line of a row, whose values are those of `sources`. */
  line(values: readonly unknown[]): Buffer | RowProblem {
    let line = '';
    for (const [index, column] of this.columns.entries()) {
      const field = this.field(column, values[index]);
      if (typeof field !== 'string') return field;
      line += index === 0 ? writeCsvField(field) : `,${writeCsvField(field)}`;
    }
    return Buffer.from(line);
  }

  private field({ name, from }: TableColumn, value: unknown): string | RowProblem {
    const text = textOf(value);
    if (text === undefined) return { problem: `Column ${from} holds ${kindOf(value)}, which is not text` };
    if (name === 'Bucket' || name === 'Key') {
      if (text === '') return { problem: `Column ${from} is empty, which should hold the ${name.toLowerCase()}` };
      if (typeof value !== 'string') return { problem: `Column ${from} holds ${kindOf(value)}, not text` };
    }
    if (name === 'Key' && !this.options.encoded) return encoded(text, from);
    if (/[\r\n]/.test(text)) return { problem: `Column ${from} has a line break in it` };
    return text;
  }
}

function encoded(key: string, from: string): string | RowProblem {
  try {
    return encodeManifestKey(key);
  } catch {
    return { problem: `Column ${from} holds a key that is not Unicode` };
  }
}

/** What a value is in a line; undefined for one that has no such form. */
function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'undefined':
      return '';
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return '';
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
  }
}

function kindOf(value: unknown): string {
  if (value instanceof Date) return 'a time';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The columns of a table that the request explains by its mapping, and those that the job needs besides. */
export function mappedColumns({ Drover: options = {} }: Manifest, needed: readonly string[]): TableColumns {
  const mapping = Object.entries(options.Columns ?? {}).flatMap(([name, from]) =>
    from === undefined ? [] : [{ name, from }],
  );
  const own = needed.filter((name) => mapping.every((column) => column.name !== name));
  return new TableColumns([...mapping, ...own.map((name) => ({ name, from: name }))], {
    bucket: options.Bucket,
    emptyVersion: emptyVersionOf(options),
    encoded: options.KeyEncoding === 'URL',
  });
}

export function emptyVersionOf(options: Manifest['Drover']): LineForm['emptyVersion'] {
  if (options?.EmptyVersion === undefined) return undefined;
  return options.EmptyVersion === 'Null' ? 'null' : 'current';
}
