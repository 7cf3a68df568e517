import { type FileMetaData, parquetMetadata, parquetRead, parquetSchema, type RowGroup } from 'hyparquet';
import type { ManifestSource } from '../../stores/manifest-source.ts';
import { wholeFile } from '../byte-streams.ts';
import { invalidManifest, type ManifestError } from '../manifest-error.ts';
import { checkChunk } from './column-chunk.ts';
import { safeDecompressors } from './decompress.ts';

/** Bytes of a footer at most: that of a file of ten thousand row groups has some ten million. */
const LARGEST_FOOTER = 64 * 1024 * 1024;

/** Bytes read at first for the footer: most are smaller. */
const FOOTER_GUESS = 64 * 1024;

/** Packed bytes of one row group's needed columns at most: they are held in memory, and unpacked page by page. */
const LARGEST_ROW_GROUP = 384 * 1024 * 1024;

/** Rows unpacked at once: so many, or as many as a page has, for a page is unpacked whole; but not more than fit. */
const ROWS_AT_ONCE = { least: 131_072, most: 1_048_576 };

/** The length of the footer, and PAR1. */
const TAIL_BYTES = 8;

/** Bytes of a file that are held in memory. */
interface HeldBytes {
  readonly start: number;
  readonly bytes: ArrayBuffer;
  /** Values in the largest page. */
  readonly largest: number;
}

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
    private readonly metadata: FileMetaData,
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
  }

  /** @param size bytes of the file. */
  static async open(source: ManifestSource, named: string, size: number): Promise<ParquetFile> {
    const guess = await readBytes(source, named, Math.max(0, size - FOOTER_GUESS), size);
    const footerBytes = parsing(named, () => {
      const view = new DataView(guess);
      if (guess.byteLength < TAIL_BYTES + 4 || view.getUint32(guess.byteLength - 4, true) !== 0x31524150) {
        throw new Error('it does not end in PAR1');
      }
      const length = view.getUint32(guess.byteLength - TAIL_BYTES, true) + TAIL_BYTES;
      if (length > size - 4 || length > LARGEST_FOOTER) throw new Error(`its footer cannot have ${length} bytes`);
      return length;
    });
    const footer = footerBytes <= guess.byteLength ? guess : await readBytes(source, named, size - footerBytes, size);
    return parsing(named, () => new ParquetFile(source, named, parquetMetadata(footer, { geoparquet: false })));
  }

  /**
   * The rows of a row group in order, some at a time, each with the values of these columns. Memory: the columns' packed
   * bytes, and a hundred thousand rows (or a page's) unpacked.
   */
  async *readRows(group: number, columns: readonly string[]): AsyncGenerator<readonly (readonly unknown[])[]> {
    const rowGroup = this.metadata.row_groups[group];
    const rows = this.rows[group] ?? 0;
    if (rowGroup === undefined || rows === 0) return;
    const held = await this.hold(rowGroup, rows, columns);
    const metadata: FileMetaData = { ...this.metadata, num_rows: rowGroup.num_rows, row_groups: [rowGroup] };
    const file = { byteLength: Number.MAX_SAFE_INTEGER, slice: (start: number, end = 0) => bytesOf(held, start, end) };
    const largest = Math.max(ROWS_AT_ONCE.least, ...held.map((each) => each.largest));
    const atOnce = Math.min(largest, ROWS_AT_ONCE.most);
    for (let rowStart = 0; rowStart < rows; rowStart += atOnce) {
      const rowEnd = Math.min(rows, rowStart + atOnce);
      let batch: readonly (readonly unknown[])[] = [];
      try {
        await parquetRead({
          file,
          metadata,
          columns: [...columns],
          rowStart,
          rowEnd,
          compressors: safeDecompressors,
          geoparquet: false,
          parsers: { stringFromBytes: text },
          onComplete: (read) => {
            batch = read;
          },
        });
      } catch (error) {
        throw notParquet(this.named, error, `row group ${group + 1}`);
      }
      if (batch.length !== rowEnd - rowStart) {
        throw notParquet(
          this.named,
          new Error(`${rowEnd - rowStart - batch.length} rows are missing`),
          `row group ${group + 1}`,
        );
      }
      yield batch;
    }
  }

  /** Reads the columns' bytes, and looks at their pages before anything is unpacked. */
  private async hold(rowGroup: RowGroup, rows: number, columns: readonly string[]): Promise<readonly HeldBytes[]> {
    const places = parsing(this.named, () =>
      columns.map((name) => {
        const chunk = rowGroup.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name);
        const found = chunk?.meta_data;
        if (found === undefined) throw new Error(`a row group has no column ${name}`);
        const start = Number(found.dictionary_page_offset || found.data_page_offset);
        const end = start + Number(found.total_compressed_size);
        if (!(start >= 4 && end > start && Number.isSafeInteger(end))) throw new Error(`column ${name} has no place`);
        return { found, start, end };
      }),
    );
    const bytes = places.reduce((sum, { start, end }) => sum + end - start, 0);
    if (bytes > LARGEST_ROW_GROUP) {
      throw notParquet(
        this.named,
        new Error(
          `a row group's columns have ${bytes} bytes, more than ${LARGEST_ROW_GROUP}: write smaller row groups`,
        ),
      );
    }
    return await Promise.all(
      places.map(async ({ found, start, end }) => {
        const bytes = await readBytes(this.source, this.named, start, end);
        const nullable = this.nullable.has(found.path_in_schema.join('.'));
        const largest = parsing(this.named, () => checkChunk(bytes, found, nullable, rows));
        return { start, bytes, largest };
      }),
    );
  }
}

/** Bytes that are held: those between columns, which nobody looks at, are zero. */
function bytesOf(held: readonly HeldBytes[], start: number, end: number): ArrayBuffer {
  const exact = held.find((each) => each.start === start && each.start + each.bytes.byteLength === end);
  if (exact !== undefined) return exact.bytes;
  const bytes = new Uint8Array(end - start);
  for (const each of held) {
    const from = Math.max(start, each.start);
    const to = Math.min(end, each.start + each.bytes.byteLength);
    if (from < to) bytes.set(new Uint8Array(each.bytes, from - each.start, to - from), from - start);
  }
  return bytes.buffer;
}

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
  const why = error instanceof Error ? error.message : String(error);
  const place = where === undefined ? '' : ` (${where})`;
  return invalidManifest(`${named} cannot be read as Parquet${place}: ${why.slice(0, 120)}`, { cause: error });
}
