import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { Manifest } from '../../job/request.ts';
import type { ManifestFiles } from '../../stores/manifest-source.ts';
import { checkedUtf8, unpackedIfGzip } from '../byte-streams.ts';
import { invalidManifest } from '../manifest-error.ts';
import type { ManifestReader, OnLine } from '../manifest-reader.ts';
import { mappedColumns, type TableColumns } from '../table/table-columns.ts';
import { openTableFile, tableFiles } from '../table/table-files.ts';

/** Characters of one record at most, so that a quote which stays open does not gather the whole file. */
const LARGEST_RECORD = 1024 * 1024;

/**
 * `CSV`: files of any columns, plain or gzip, with a line of titles or with columns that are told by their numbers. Its
 * quotes may have line breaks in them, so that each file is read from its beginning, as one chunk.
 */
export function csvTableManifest(files: ManifestFiles, manifest: Manifest, needed: readonly string[]): ManifestReader {
  const columns = mappedColumns(manifest, needed);
  const { Header: header, Delimiter: delimiter = ',' } = manifest.Drover ?? {};
  const skip = header === 'None' ? {} : { skip: 1 };
  return {
    async survey() {
      const found = await tableFiles(files);
      return {
        form: columns.form,
        chunks: found.map((file) => ({ ...file, begins: true, rows: true as const, ...skip })),
      };
    },

    async readLines(chunk, onLine) {
      const named = `s3://${chunk.bucket}/${chunk.key}`;
      const bytes = openTableFile(files, chunk).read(0, chunk.size ?? 0);
      const plain = checkedUtf8(unpackedIfGzip(bytes, named), named);
      await readTable(
        plain,
        { named, delimiter, columns, titles: header === undefined, skip: chunk.skip ?? 0 },
        onLine,
      );
    },
  };
}

interface Table {
  readonly named: string;
  readonly delimiter: string;
  readonly columns: TableColumns;
  /** Whether the first record names the columns. */
  readonly titles: boolean;
  readonly skip: number;
}

async function readTable(bytes: AsyncIterable<Buffer>, table: Table, onLine: OnLine): Promise<void> {
  const parser = parse({
    bom: true,
    delimiter: table.delimiter,
    relax_column_count: true,
    max_record_size: LARGEST_RECORD,
  });
  // What goes wrong comes out of the parser; a reader that stops early ends the pipeline with an error of its own.
  pipeline(bytes, parser).catch(() => undefined);
  let places: readonly number[] | undefined;
  let width = 0;
  let record = 0;
  try {
    for await (const each of parser) {
      const values = each as readonly string[];
      record += 1;
      if (record === 1) {
        places = placesOf(values, table);
        width = values.length;
      }
      if (record <= table.skip) continue;
      if (!(await give(values, width, places ?? [], table, onLine))) return;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalidManifest(`${table.named} is not properly formatted CSV: ${error.message}`.slice(0, 256));
  }
}

/** Where the columns are that are read, by the first record. */
function placesOf(first: readonly string[], { columns, titles, named }: Table): readonly number[] {
  const names = titles ? first : first.map((_, index) => String(index + 1));
  columns.requireIn(new Set(names), named);
  const twice = columns.sources.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice === undefined) return columns.sources.map((name) => names.indexOf(name));
  throw invalidManifest(`${named} has the column ${twice} twice`);
}

function give(
  values: readonly string[],
  width: number,
  places: readonly number[],
  { columns }: Table,
  onLine: OnLine,
): boolean | Promise<boolean> {
  if (values.length !== width) {
    return onLine(NOTHING, `Unexpected number of columns: ${values.length} where the first row has ${width}`);
  }
  const line = columns.line(places.map((place) => values[place]));
  return Buffer.isBuffer(line) ? onLine(line) : onLine(NOTHING, line.problem);
}

const NOTHING = Buffer.alloc(0);
