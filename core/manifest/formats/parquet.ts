import { mapBounded } from '../../engine/bounded.ts';
import type { Manifest } from '../../job/request.ts';
import type { ManifestFiles, ManifestSource } from '../../stores/manifest-source.ts';
import { wholeFile, withMd5 } from '../byte-streams.ts';
import { HEAD_COLUMNS } from '../filter/head-columns.ts';
import { inventoryColumn } from '../inventory-columns.ts';
import { invalidManifest, type ManifestError } from '../manifest-error.ts';
import type { ManifestChunk, ManifestReader, OnLine } from '../manifest-reader.ts';
import { ParquetFile } from '../parquet/parquet-file.ts';
import { emptyVersionOf, mappedColumns, TableColumns } from '../table/table-columns.ts';
import { openTableFile, tableFiles } from '../table/table-files.ts';
import { inventoryChunks, readInventoryManifest } from './inventory.ts';

/** Files whose footers are read at once. */
const CONCURRENCY = 16;

/** Rows that one function call reads, if its row groups are small: about a minute's work. */
const ROWS_OF_CHUNK = 2_000_000;

/** Bytes of a file whose MD5 is verified: by ranges it cannot be, and to read a file twice costs time. */
const VERIFIED_BYTES = 8 * 1024 * 1024;

/** `Parquet`: files of any columns, row group by row group. */
export function parquetManifest(files: ManifestFiles, manifest: Manifest, needed: readonly string[]): ManifestReader {
  const columns = mappedColumns(manifest, needed);
  return {
    async survey() {
      const found = await tableFiles(files);
      const chunks = await mapBounded(found, CONCURRENCY, async (file) => {
        const named = nameOf(file);
        const parquet = await ParquetFile.open(openTableFile(files, file), named, file.size);
        columns.requireIn(parquet.columns, named);
        // Not the file: its footer would stay in memory until all are read.
        return rowGroupChunks({ ...file, begins: true }, parquet);
      });
      return { form: columns.form, chunks: chunks.flat() };
    },

    async readLines(chunk, onLine) {
      await readRowGroups(openTableFile(files, chunk), chunk, columns, onLine);
    },
  };
}

/**
 * `S3InventoryReport_Parquet`: an inventory report whose manifest.json names Parquet files. Their keys are taken as they
 * are: the S3 User Guide (storage-inventory, "Key name") says of CSV only that keys are URL-encoded. Their columns are
 * named in lower case.
 */
export function inventoryParquetManifest(
  files: ManifestFiles,
  { Drover: options }: Manifest,
  needed: readonly string[],
): ManifestReader {
  function columnsIn(found: ReadonlySet<string>): TableColumns {
    // S3 can be asked for what these say, where the filter wants that.
    const isSpared = (name: string): boolean =>
      options?.Filter?.Head === true &&
      HEAD_COLUMNS.includes(name) &&
      !found.has(name) &&
      !found.has(inventoryColumn(name));
    const wanted = new Set([
      ...(found.has('version_id') ? ['Bucket', 'Key', 'VersionId'] : ['Bucket', 'Key']),
      ...needed.filter((name) => !isSpared(name)),
    ]);
    const columns = [...wanted].map((name) => ({ name, from: found.has(name) ? name : inventoryColumn(name) }));
    return new TableColumns(columns, { emptyVersion: emptyVersionOf(options), encoded: false });
  }

  return {
    async survey() {
      const { named, manifest } = await readInventoryManifest(files);
      if (manifest.fileFormat !== 'Parquet') throw otherFormat(named, manifest.fileFormat);
      const opened = await mapBounded(inventoryChunks(named, manifest), CONCURRENCY, (chunk) =>
        openSurveyed(files, chunk),
      );
      const [first] = opened;
      if (first === undefined) return { form: { columns: ['Bucket', 'Key'] }, chunks: [] };
      const columns = columnsIn(first.columns);
      for (const { chunk, columns: found } of opened) columns.requireIn(found, nameOf(chunk));
      return { form: columns.form, chunks: opened.flatMap(({ chunk, rows }) => rowGroupChunks(chunk, { rows })) };
    },

    async readLines(chunk, onLine) {
      await readRowGroups(files.open(chunk.bucket, chunk.key, chunk.etag), chunk, columnsIn, onLine);
    },
  };
}

/** A file as the survey sees it: of the size that its manifest says, and of the MD5 where it is small. */
async function openSurveyed(
  files: ManifestFiles,
  { md5, ...chunk }: ManifestChunk,
): Promise<{ readonly chunk: ManifestChunk } & Pick<ParquetFile, 'columns' | 'rows'>> {
  const named = nameOf(chunk);
  const source = files.open(chunk.bucket, chunk.key);
  const size = await source.size();
  if (chunk.size !== undefined && chunk.size !== size) {
    throw invalidManifest(`${named} has ${size} bytes, but its manifest says ${chunk.size}: it was changed`);
  }
  if (md5 !== undefined && size <= VERIFIED_BYTES) {
    await wholeFile(withMd5(source.read(0, size), md5, named), size, named);
  }
  const { columns, rows } = await ParquetFile.open(source, named, size);
  const etag = source.etag();
  return { chunk: { ...chunk, size, ...(etag === undefined ? {} : { etag }) }, columns, rows };
}

/** A file's chunks: runs of row groups. */
function rowGroupChunks(file: ManifestChunk, { rows }: Pick<ParquetFile, 'rows'>): ManifestChunk[] {
  const chunks: ManifestChunk[] = [];
  let [part, gathered] = [0, 0];
  for (const [group, count] of rows.entries()) {
    gathered += count;
    if (gathered < ROWS_OF_CHUNK && group + 1 < rows.length) continue;
    chunks.push({ ...file, begins: part === 0, rows: true, part, parts: group + 1 - part });
    [part, gathered] = [group + 1, 0];
  }
  return chunks;
}

async function readRowGroups(
  source: ManifestSource,
  chunk: ManifestChunk,
  columns: TableColumns | ((found: ReadonlySet<string>) => TableColumns),
  onLine: OnLine,
): Promise<void> {
  const { part = 0, parts = 1, size = 0 } = chunk;
  const parquet = await ParquetFile.open(source, nameOf(chunk), size);
  const wanted = typeof columns === 'function' ? columns(parquet.columns) : columns;
  for (let group = part; group < part + parts; group += 1) {
    for await (const rows of parquet.readRows(group, wanted.sources)) {
      for (const row of rows) {
        const line = wanted.line(row);
        const more = Buffer.isBuffer(line) ? onLine(line) : onLine(NOTHING, line.problem);
        if (!(more === true || (more !== false && (await more)))) return;
      }
    }
  }
}

const NOTHING = Buffer.alloc(0);

function nameOf({ bucket, key }: { readonly bucket: string; readonly key: string }): string {
  return `s3://${bucket}/${key}`;
}

function otherFormat(named: string, format: string): ManifestError {
  const help =
    format === 'CSV'
      ? 'ask for Manifest.Spec.Format "S3InventoryReport_CSV_20161130"'
      : 'configure the inventory to be CSV or Parquet, or turn its table into one of these with a query (Athena: UNLOAD)';
  return invalidManifest(`${named} says that its files are ${format}, not Parquet: ${help}`);
}
