import type { Manifest } from '../../job/request.ts';
import type { ManifestFiles } from '../../stores/manifest-source.ts';
import { gunzipped, isGzip, wholeFile } from '../byte-streams.ts';
import { readCsvRecord } from '../csv-record.ts';
import { LineColumns, type LineForm } from '../line-form.ts';
import { MAXIMUM_LINE_BYTES, readLines } from '../line-reader.ts';
import { invalidManifest } from '../manifest-error.ts';
import type { ManifestChunk, ManifestReader } from '../manifest-reader.ts';
import { emptyVersionOf } from '../table/table-columns.ts';

/** Bytes of a plain CSV that one function call cuts: about a minute's work for one worker. */
export const CHUNK_BYTES = 64 * 1024 * 1024;

/**
 * `S3BatchOperations_CSV_20180820`: lines of the columns that Fields names. Plain, it is cut into ranges of bytes that
 * are read in parallel; gzip, it is one chunk, for its middle cannot be read without its beginning.
 */
export function csvManifest(files: ManifestFiles, manifest: Manifest, chunkBytes = CHUNK_BYTES): ManifestReader {
  const { manifest: source } = files;
  const { bucket, key } = source;
  const named = `s3://${bucket}/${key}`;
  const options = manifest.Drover ?? {};
  const emptyVersion = emptyVersionOf(options);
  const form: LineForm = {
    columns: namedColumns(manifest.Spec?.Fields ?? [], options.ColumnNames),
    ...(options.ExtraColumns === 'Ignore' ? { moreColumns: true } : {}),
    ...(emptyVersion === undefined ? {} : { emptyVersion }),
  };
  const columns = new LineColumns(form);

  return {
    async survey() {
      const size = await source.size();
      if (size === 0) return { form, chunks: [] };
      const chunk = (range?: ManifestChunk['range']): ManifestChunk => {
        const begins = range === undefined || range.from === 0;
        const skip = begins && options.Header === 'Skip' ? { skip: 1 } : {};
        return { bucket, key, size, begins, ...skip, ...(range === undefined ? {} : { range }) };
      };
      const beginning = await wholeFile(source.read(0, Math.min(size, 4)), 4, named);
      refuseOtherFormat(beginning, named);
      if (isGzip(beginning)) return { form, chunks: [chunk()] };
      const ranges = Array.from({ length: Math.ceil(size / chunkBytes) }, (_, index) => ({
        from: index * chunkBytes,
        end: Math.min(size, (index + 1) * chunkBytes),
      }));
      return { form, chunks: ranges.map(chunk) };
    },

    async readLines({ range, size = 0, skip = 0, begins }, onLine) {
      const bytes =
        range === undefined
          ? gunzipped(source.read(0, size), named)
          : source.read(Math.max(0, range.from - 1), Math.min(range.end + MAXIMUM_LINE_BYTES + 2, size));
      let line = 0;
      await readLines(bytes, range ?? { from: 0, end: Number.MAX_SAFE_INTEGER }, (each) => {
        line += 1;
        if (line <= skip) return true;
        if (line === 1 && begins && options.Header !== 'None') refuseHeader(each, columns);
        return onLine(each);
      });
    },
  };
}

/** What Fields ignores may have a name. */
function namedColumns(fields: readonly string[], names: readonly string[] | undefined): readonly string[] {
  return fields.map((field, index) => (field === 'Ignore' ? (names?.[index] ?? field) : field));
}

const BUCKET_TITLE = /^bucket([ _-]?name)?$/i;
const KEY_TITLE = /^((object|s3)[ _-]?)?key([ _-]?name)?$/i;

/** What was given for a CSV most often and is none; its first line would only be told to be badly formatted. */
function refuseOtherFormat(beginning: Buffer, named: string): void {
  const text = beginning.toString('latin1');
  if (text === 'PAR1') {
    throw invalidManifest(`${named} is Parquet, not CSV: ask for Manifest.Drover.Format "Parquet"`);
  }
  if (text.startsWith('{') && named.endsWith('.json')) {
    throw invalidManifest(
      `${named} is JSON, not CSV: ask for the format of what it lists, such as Manifest.Spec.Format "S3InventoryReport_CSV_20161130"`,
    );
  }
}

/** A line of titles would be one task that fails, or, with S3's own service, the end of the job. */
function refuseHeader(line: Buffer, columns: LineColumns): void {
  const record = readCsvRecord(line.toString('utf8')) ?? [];
  if (!BUCKET_TITLE.test(record[columns.bucket] ?? '') || !KEY_TITLE.test(record[columns.key] ?? '')) return;
  throw invalidManifest(
    'The first line looks like a header: a CSV manifest has none. Take it out, or ask for Manifest.Drover.Header "Skip" ' +
      '("None" if it names an object)',
  );
}
