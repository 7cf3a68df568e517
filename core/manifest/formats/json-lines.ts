import { isUtf8 } from 'node:buffer';
import { mapBounded } from '../../engine/bounded.ts';
import type { Manifest } from '../../job/request.ts';
import type { ManifestFiles } from '../../stores/manifest-source.ts';
import { isGzip, unpackedIfGzip, wholeFile } from '../byte-streams.ts';
import { MAXIMUM_LINE_BYTES, readLines } from '../line-reader.ts';
import type { ManifestChunk, ManifestReader } from '../manifest-reader.ts';
import { mappedColumns, type RowProblem, type TableColumns } from '../table/table-columns.ts';
import { openTableFile, type TableFile, tableFiles } from '../table/table-files.ts';
import { CHUNK_BYTES } from './csv.ts';

/** Files looked into at once. */
const CONCURRENCY = 32;

/**
 * `JSONLines`: files with an object a line, plain or gzip. A line break in a text is escaped in JSON, so that a plain
 * file is cut into ranges of bytes.
 */
export function jsonLinesManifest(
  files: ManifestFiles,
  manifest: Manifest,
  needed: readonly string[],
  chunkBytes = CHUNK_BYTES,
): ManifestReader {
  const columns = mappedColumns(manifest, needed);

  async function chunksOf(file: TableFile): Promise<ManifestChunk[]> {
    const count = Math.ceil(file.size / chunkBytes);
    if (count <= 1) return [{ ...file, begins: true }];
    const named = `s3://${file.bucket}/${file.key}`;
    if (isGzip(await wholeFile(openTableFile(files, file).read(0, 2), 2, named))) return [{ ...file, begins: true }];
    return Array.from({ length: count }, (_, index) => ({
      ...file,
      begins: index === 0,
      range: { from: index * chunkBytes, end: Math.min(file.size, (index + 1) * chunkBytes) },
    }));
  }

  return {
    async survey() {
      const found = await tableFiles(files);
      return { form: columns.form, chunks: (await mapBounded(found, CONCURRENCY, chunksOf)).flat() };
    },

    async readLines({ range, size = 0, ...chunk }, onLine) {
      const source = openTableFile(files, chunk);
      const bytes =
        range === undefined
          ? unpackedIfGzip(source.read(0, size), `s3://${chunk.bucket}/${chunk.key}`)
          : source.read(Math.max(0, range.from - 1), Math.min(range.end + MAXIMUM_LINE_BYTES + 2, size));
      await readLines(bytes, range ?? { from: 0, end: Number.MAX_SAFE_INTEGER }, (each) => {
        const line = lineOf(each, columns);
        return Buffer.isBuffer(line) ? onLine(line) : onLine(each, line.problem);
      });
    },
  };
}

function lineOf(bytes: Buffer, columns: TableColumns): Buffer | RowProblem {
  if (!isUtf8(bytes)) return { problem: 'The line is not UTF-8' };
  let row: unknown;
  try {
    row = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { problem: 'The line is not JSON' };
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    return { problem: 'The line is not a JSON object' };
  const object = row as Readonly<Record<string, unknown>>;
  const missing = columns.columns.find(({ name, from }) => !(Object.hasOwn(object, from) || mayLack(name)));
  if (missing !== undefined) return { problem: `The line has no member ${missing.from}` };
  return columns.line(columns.sources.map((name) => (Object.hasOwn(object, name) ? object[name] : undefined)));
}

/** Writers leave members out that are null. */
function mayLack(name: string): boolean {
  return name !== 'Bucket' && name !== 'Key';
}
