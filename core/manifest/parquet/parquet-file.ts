import { type FileMetaData, parquetMetadata, parquetSchema, type RowGroup } from 'hyparquet';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getSchemaPath } from 'hyparquet/src/schema.js';
import type { ManifestSource } from '../../stores/manifest-source.ts';
import { wholeFile } from '../byte-streams.ts';
import { invalidManifest, type ManifestError } from '../manifest-error.ts';
import { checkThrift } from './check-thrift.ts';
import { placeOf, requireApart, requireInside } from './chunk-places.ts';
import { ColumnBytes } from './column-bytes.ts';
import { ColumnReader } from './column-reader.ts';
import { HeldBytes } from './held-bytes.ts';

/** Bytes of a footer at most: that of a file of ten thousand row groups has some ten million. */
const LARGEST_FOOTER = 32 * 1024 * 1024;

/** Bytes of a footer that is read while others are: what is made of it in memory is some ten times as large. */
const SMALL_FOOTER = 1024 * 1024;

/** The large footer that is being read: one after another. */
let largeFooter: Promise<unknown> = Promise.resolve();

/** Bytes read at first for the footer: most are smaller. */
const FOOTER_GUESS = 64 * 1024;

/** Rows that are in memory as values at once. */
const ROWS_AT_ONCE = 32_768;

/** Bytes of all columns together that are read ahead, and of each: at most, at least. */
const [WINDOWS, LARGEST_WINDOW, SMALLEST_WINDOW] = [64 * 1024 * 1024, 8 * 1024 * 1024, 256 * 1024];

/** What a file ends in, and what one whose footer is encrypted ends in (little-endian). */
const MAGIC = { PAR1: 0x31524150, PARE: 0x45524150 };

const ENCRYPTED = "it is encrypted by Parquet's own encryption, which is not supported: write it without";

/** The length of the footer, and PAR1. */
const TAIL_BYTES = 8;

/**
 * A Parquet file, read by ranges: its footer, then the columns that are asked for, row group by row group. What is not
 * Parquet throws ManifestError.
 */
export class ParquetFile {
  /** The columns that have one value a row, by name. */
  readonly columns: ReadonlySet<string>;
  private readonly nullable: ReadonlySet<string>;
  /** Rows of each row group. */
  readonly rows: readonly number[];

  private constructor(
    private readonly source: ManifestSource,
    private readonly named: string,
    private readonly size: number,
    private readonly metadata: FileMetaData,
    private readonly mostHeld: number | undefined,
  ) {
    const leaves = parquetSchema(metadata).children.filter(
      ({ children, element }) => children.length === 0 && element.repetition_type !== 'REPEATED',
    );
    this.columns = new Set(leaves.map(({ element }) => element.name));
    const nullable = leaves.filter(({ element }) => element.repetition_type === 'OPTIONAL');
    this.nullable = new Set(nullable.map(({ element }) => element.name));
    this.rows = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
    if (this.rows.some((rows) => !Number.isSafeInteger(rows) || rows < 0)) throw new Error('a row group has no size');
    const sum = this.rows.reduce((all, rows) => all + rows, 0);
    if (sum !== Number(metadata.num_rows)) {
      throw new Error(`its row groups have ${sum} rows, but the file ${metadata.num_rows}`);
    }
    if (sum === 0) this.requireEmpty();
    requireApart(metadata.row_groups);
  }

  /** Throws where a file without rows has bytes that may be some: a run over nothing must not look like success. */
  private requireEmpty(): void {
    const { row_groups: groups, metadata_length: footer } = this.metadata;
    const pages = this.size - footer - TAIL_BYTES - 4;
    const values = groups.flatMap(({ columns }) => columns).some((column) => Number(column.meta_data?.num_values) > 0);
    if (values || (groups.length === 0 && pages > 0)) {
      throw new Error(`its footer says that it has no rows, but ${pages} bytes stand before it`);
    }
  }

  /**
   * @param size bytes of the file.
   * @param mostHeld bytes of pages and dictionaries in memory at once; MOST_HELD if nothing is said.
   */
  static async open(source: ManifestSource, named: string, size: number, mostHeld?: number): Promise<ParquetFile> {
    const guess = await readBytes(source, named, Math.max(0, size - FOOTER_GUESS), size);
    const footerBytes = parsing(named, () => {
      const view = new DataView(guess);
      const magic = guess.byteLength < TAIL_BYTES + 4 ? undefined : view.getUint32(guess.byteLength - 4, true);
      if (magic === MAGIC.PARE) throw new Error(ENCRYPTED);
      if (magic !== MAGIC.PAR1) {
        throw new Error('it does not end in PAR1');
      }
      const length = view.getUint32(guess.byteLength - TAIL_BYTES, true) + TAIL_BYTES;
      if (length > size - 4 || length > LARGEST_FOOTER) throw new Error(`its footer cannot have ${length} bytes`);
      return length;
    });
    const parse = async (): Promise<ParquetFile> => {
      const footer = footerBytes <= guess.byteLength ? guess : await readBytes(source, named, size - footerBytes, size);
      return parsing(named, () => {
        checkThrift(new Uint8Array(footer, 0, footer.byteLength - TAIL_BYTES), footer.byteLength - footerBytes);
        return new ParquetFile(source, named, size, parquetMetadata(footer, { geoparquet: false }), mostHeld);
      });
    };
    if (footerBytes <= SMALL_FOOTER) return await parse();
    const parsed = largeFooter.then(parse);
    largeFooter = parsed.then(
      () => undefined,
      () => undefined,
    );
    return await parsed;
  }

  /**
   * The rows of a row group in order, some at a time, each with the values of these columns. Memory: of each column a
   * window of its packed bytes, a page of it unpacked, and its dictionary.
   */
  async *readRows(group: number, columns: readonly string[]): AsyncGenerator<readonly (readonly unknown[])[]> {
    const rowGroup = this.metadata.row_groups[group];
    const rows = this.rows[group] ?? 0;
    if (rowGroup === undefined || rows === 0) return;
    const where = `row group ${group + 1}`;
    const memory = new HeldBytes(this.mostHeld);
    const window = Math.max(SMALLEST_WINDOW, Math.min(LARGEST_WINDOW, Math.floor(WINDOWS / columns.length)));
    const readers = columns.map((name) => {
      const reader = this.at(`${where}, column ${name}`, () => this.column(rowGroup, rows, name, { memory, window }));
      return { reader, where: `${where}, column ${name}` };
    });
    for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
      const count = Math.min(rows - from, ROWS_AT_ONCE);
      const taken: (readonly unknown[])[] = [];
      // One after another: what they unpack would be in memory together else.
      for (const each of readers) taken.push(await this.trying(each.where, () => each.reader.take(count)));
      yield Array.from({ length: count }, (_, row) => taken.map((values) => values[row]));
    }
    for (const each of readers) await this.trying(each.where, () => each.reader.end());
  }

  private column(
    { columns }: RowGroup,
    rows: number,
    name: string,
    { memory, window }: { readonly memory: HeldBytes; readonly window: number },
  ): ColumnReader {
    const [chunk, ...others] = columns.filter(({ meta_data }) => meta_data?.path_in_schema.join('.') === name);
    const found = chunk?.meta_data;
    if (others.length > 0) throw new Error('the row group has it twice');
    if (chunk?.crypto_metadata !== undefined) throw new Error(ENCRYPTED);
    if (found === undefined) throw new Error('the row group does not have it');
    if (chunk?.file_path !== undefined && chunk.file_path !== '') throw new Error('its bytes are in another file');
    if (Number(found.num_values) !== rows) throw new Error(`it has ${found.num_values} values for ${rows} rows`);
    const place = placeOf(found);
    requireInside(place, this.size - this.metadata.metadata_length - TAIL_BYTES);
    const schemaPath = getSchemaPath(this.metadata.schema, [name]);
    const element = schemaPath.at(-1)?.element;
    if (element?.type === undefined || element.type !== found.type) throw new Error('it has two types');
    const decoder = {
      pathInSchema: [name],
      type: element.type,
      element,
      schemaPath,
      codec: found.codec,
      parsers: { ...DEFAULT_PARSERS, stringFromBytes: text },
    };
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      try {
        return new Uint8Array(await readBytes(this.source, this.named, from, to));
      } catch (error) {
        throw new SourceTrouble('it cannot be read', { cause: error });
      }
    };
    const bytes = new ColumnBytes(read, place.start, place.end, window);
    return new ColumnReader(bytes, found, decoder, this.nullable.has(name), rows, memory);
  }

  private at<Result>(where: string, parse: () => Result): Result {
    try {
      return parse();
    } catch (error) {
      throw notParquet(this.named, error, where);
    }
  }

  private async trying<Result>(where: string, read: () => Promise<Result>): Promise<Result> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof SourceTrouble) throw error.cause;
      throw notParquet(this.named, error, where);
    }
  }
}

/** What the source threw, which is not the file's fault. */
class SourceTrouble extends Error {}

async function readBytes(source: ManifestSource, named: string, start: number, end: number): Promise<ArrayBuffer> {
  const read = await wholeFile(source.read(start, end), end - start, named);
  if (read.length !== end - start) throw notParquet(named, new Error('it ends before its footer says'));
  const bytes = new ArrayBuffer(read.length);
  new Uint8Array(bytes).set(read);
  return bytes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function text(bytes: Uint8Array): string {
  return bytes === undefined ? bytes : utf8.decode(bytes);
}

function parsing<Result>(named: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw notParquet(named, error);
  }
}

/** What a file that is not as it should be makes the reader throw is of any kind: it is all the file's fault. */
function notParquet(named: string, error: unknown, where?: string): ManifestError {
  const place = where === undefined ? '' : ` (${where.slice(0, 60)})`;
  return invalidManifest(`${named} cannot be read as Parquet${place}: ${reasonOf(error).slice(0, 150)}`, {
    cause: error,
  });
}

/** What the runtime says of bytes that lead it astray would tell a user nothing. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof TypeError || error instanceof RangeError || error.message === ''
    ? 'its bytes are not what they should be; it was damaged, or is not whole'
    : error.message;
}
