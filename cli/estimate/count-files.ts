import type { Manifest } from '../../core/job/request.ts';
import { completionReportManifest } from '../../core/manifest/formats/completion-report.ts';
import { inventoryChunks, readInventoryManifest } from '../../core/manifest/formats/inventory.ts';
import { ManifestError } from '../../core/manifest/manifest-error.ts';
import { ParquetFile } from '../../core/manifest/parquet/parquet-file.ts';
import { tableFiles } from '../../core/manifest/table/table-files.ts';
import type { ManifestFiles, ManifestSource } from '../../core/stores/manifest-source.ts';
import { CommandError } from '../errors.ts';
import type { TaskCount } from './count-tasks.ts';
import { BEGINNING_BYTES, type LineSample, sampleLines } from './lines.ts';

/** Files that are looked at: of more, their sizes tell the rest. */
const LOOKED_AT = 16;

/** A file that a manifest is made of. */
export interface DataFile {
  readonly bucket: string;
  readonly key: string;
  /** Bytes, where they are known. */
  readonly size?: number;
}

/** One whose size is known. */
type SizedFile = Required<DataFile>;

/** Formats whose manifest is several files. */
export type FilesFormat = 'Parquet' | 'CSV' | 'JSONLines' | 'S3InventoryReport_Parquet' | 'Report_CSV_20180820';

/**
 * The tasks of a manifest that is several files: rows by the footers of Parquet, lines by the beginning of each file.
 *
 * @throws CommandError where the manifest is none, with what its job would fail with.
 */
export async function countFiles(files: ManifestFiles, format: FilesFormat, manifest: Manifest): Promise<TaskCount> {
  try {
    switch (format) {
      case 'Parquet':
        return await countRows(files, await tableFiles(files));
      case 'S3InventoryReport_Parquet': {
        const { named, manifest: inventory } = await readInventoryManifest(files);
        return await countRows(files, inventoryChunks(named, inventory));
      }
      case 'Report_CSV_20180820':
        return await countLines(files, (await completionReportManifest(files, manifest).survey()).chunks, 0);
      default: {
        const titles = format === 'CSV' && manifest.Drover?.Header !== 'None' ? 1 : 0;
        return await countLines(files, await tableFiles(files), titles);
      }
    }
  } catch (error) {
    if (error instanceof ManifestError) throw new CommandError(error.message, error.code, { cause: error });
    throw error;
  }
}

/** By the number of rows that the footers say. */
async function countRows(files: ManifestFiles, all: readonly DataFile[]): Promise<TaskCount> {
  const { total, exact } = await scaled(files, all, async (source, file) => {
    const { rows } = await ParquetFile.open(source, nameOf(file), file.size);
    return { count: rows.reduce((sum, each) => sum + each, 0), exact: true };
  });
  const some = `from the footers of ${LOOKED_AT} of ${all.length} Parquet files`;
  return { tasks: atLeastOne(total), exact, how: exact ? 'by the footers of its Parquet files' : some };
}

/** By the beginning of each file, or of the first few. */
async function countLines(files: ManifestFiles, all: readonly DataFile[], titles: number): Promise<TaskCount> {
  const { total, exact } = await scaled(files, all, async (source, file) => {
    const sample = await sampleOf(source, file);
    return { count: Math.max(0, sample.lines - titles), exact: sample.exact };
  });
  const how = exact ? 'counted in the manifest' : 'from the sizes of the manifest’s files and their first lines';
  return { tasks: atLeastOne(total), exact, how };
}

interface Look {
  readonly count: number;
  readonly exact: boolean;
}

/** A sum over all files, from a look at the first few: the others are taken to be as full for their size. */
async function scaled(
  files: ManifestFiles,
  all: readonly DataFile[],
  look: (source: ManifestSource, file: SizedFile) => Promise<Look>,
): Promise<{ readonly total: number; readonly exact: boolean }> {
  const first = all.slice(0, LOOKED_AT);
  const seen = await Promise.all(
    first.map(async (file) => {
      const source = sourceOf(files, file);
      const size = file.size ?? (await source.size());
      return { size, ...(size === 0 ? { count: 0, exact: true } : await look(source, { ...file, size })) };
    }),
  );
  const count = seen.reduce((sum, each) => sum + each.count, 0);
  if (seen.length === all.length) return { total: count, exact: seen.every(({ exact }) => exact) };
  const bytes = seen.reduce((sum, { size }) => sum + size, 0);
  const average = bytes / seen.length;
  const rest = all.slice(LOOKED_AT).reduce((sum, { size = average }) => sum + size, 0);
  return { total: Math.round(count * (1 + rest / Math.max(1, bytes))), exact: false };
}

async function sampleOf(source: ManifestSource, file: SizedFile): Promise<LineSample> {
  const parts: Buffer[] = [];
  for await (const part of source.read(0, Math.min(file.size, BEGINNING_BYTES))) parts.push(part);
  return sampleLines(Buffer.concat(parts), file.size, nameOf(file));
}

function atLeastOne(total: number): number {
  if (total === 0) throw new CommandError('The manifest names no objects.', 'ManifestEmpty');
  return total;
}

function sourceOf(files: ManifestFiles, { bucket, key }: DataFile): ManifestSource {
  return files.manifest.bucket === bucket && files.manifest.key === key ? files.manifest : files.open(bucket, key);
}

function nameOf({ bucket, key }: DataFile): string {
  return `s3://${bucket}/${key}`;
}
