import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import type { Manifest } from '../../job/request.ts';
import type { ManifestFiles } from '../../stores/manifest-source.ts';
import { withMd5 } from '../byte-streams.ts';
import { writeCsvField } from '../csv-record.ts';
import { invalidManifest } from '../manifest-error.ts';
import { readManifestJson } from '../manifest-json.ts';
import type { ManifestReader, OnLine } from '../manifest-reader.ts';

/** manifest.json of a completion report (S3 User Guide, batch-ops-examples-reports). */
const reportManifest = z.object({
  Format: z.literal('Report_CSV_20180820'),
  Results: z.array(
    z.object({
      TaskExecutionStatus: z.string(),
      Bucket: z.string(),
      Key: z.string(),
      MD5Checksum: z.string().optional(),
    }),
  ),
});

/** Columns of a report's line that name its task: bucket, key, version, status. */
const STATUS_COLUMN = 3;

/** Columns of a line: status, then HTTP status and error code in one order or the other, then the message. */
const COLUMNS = 7;

/** What of a report becomes a task. */
type Wanted = 'All' | 'Failed' | 'Succeeded';

/**
 * A completion report, of Drover or of S3 Batch Operations itself: the tasks of its lines, all or only those that failed
 * (or succeeded). Its manifest.json is what the job names. A message may have line breaks in its quotes, so that files
 * go through a CSV library, and shard files hold the object's three columns only.
 */
export function completionReportManifest(files: ManifestFiles, { Drover: options }: Manifest): ManifestReader {
  const wanted: Wanted = options?.Tasks ?? 'All';
  return {
    async survey() {
      const { named, value } = await readManifestJson(files);
      const report = reportManifest.safeParse(value).data;
      if (report === undefined) throw invalidManifest(`${named} is not the manifest.json of a completion report`);
      const results = report.Results.filter(({ TaskExecutionStatus: status }) => isWanted(status, wanted));
      return {
        form: { columns: ['Bucket', 'Key', 'VersionId'], emptyVersion: 'current' },
        chunks: results.map(({ Bucket, Key, MD5Checksum }) => {
          const md5 = MD5Checksum === undefined || MD5Checksum === '' ? {} : { md5: MD5Checksum };
          return { bucket: Bucket, key: Key, begins: true, ...md5 };
        }),
      };
    },

    async readLines({ bucket, key, md5 }, onLine) {
      const source = files.open(bucket, key);
      const named = `s3://${bucket}/${key}`;
      const bytes = source.read(0, await source.size());
      await readReport(md5 === undefined ? bytes : withMd5(bytes, md5, named), named, wanted, onLine);
    },
  };
}

async function readReport(bytes: AsyncIterable<Buffer>, named: string, wanted: Wanted, onLine: OnLine): Promise<void> {
  // The count of columns is checked here, with a message that names the file.
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true });
  // What goes wrong comes out of the parser; a reader that stops early ends the pipeline with an error of its own.
  pipeline(bytes, parser).catch(() => undefined);
  let line = 0;
  try {
    for await (const record of parser) {
      line += 1;
      const [bucket = '', key = '', version = ''] = record as string[];
      const status = (record as string[])[STATUS_COLUMN] ?? '';
      if ((record as string[]).length !== COLUMNS || !/^(succeeded|failed)$/.test(status)) {
        throw invalidManifest(`Line ${line} of ${named} is not a line of a completion report`);
      }
      if (!isWanted(status, wanted)) continue;
      const fields = [bucket, key, version].map(writeCsvField).join(',');
      if (!(await onLine(Buffer.from(fields)))) return;
    }
  } catch (error) {
    if (error instanceof CsvError) {
      throw invalidManifest(`${named} is not properly formatted CSV: ${error.message}`);
    }
    throw error;
  }
}

function isWanted(status: string, wanted: Wanted): boolean {
  return wanted === 'All' || status === wanted.toLowerCase();
}
