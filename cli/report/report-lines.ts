import { createHash } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import { parse } from 'csv-parse';
import type { ObjectStore } from '../api/object-store.ts';
import { CommandError } from '../errors.ts';
import { type ReportLine, reportLine } from '../output/report-line.ts';
import type { ReportFile } from './report-manifest.ts';

/**
 * The lines of one file of a completion report, streamed. Throws a CommandError at its end if the file is not the one
 * that the report's manifest describes.
 */
export async function* readReportFile(store: ObjectStore, file: ReportFile): AsyncGenerator<ReportLine> {
  const place = `s3://${file.Bucket}/${file.Key}`;
  const object = await store.get(file.Bucket, file.Key);
  if (!(object?.Body instanceof Readable)) {
    throw new CommandError(`The report's file ${place} is not there any more.`, 'ReportFileMissing');
  }
  const hash = createHash('md5');
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const rows = pipeline(object.Body, hashing, parse({ raw: true, relax_column_count: true }), ignoreHere);
  for await (const row of rows) {
    const { raw, record } = row as { raw: string; record: string[] };
    yield reportLine(raw, record);
  }
  if (hash.digest('hex') !== file.MD5Checksum) {
    throw new CommandError(`The report's file ${place} is not the one that its manifest.json describes.`, 'BadReport');
  }
}

/** Errors of the pipeline reach the loop over its end. */
function ignoreHere(): void {}
