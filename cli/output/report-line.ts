import { formatCount } from './format.ts';
import type { Message } from './message.ts';

/** A line of a completion report: as text just as it stands in the file, in JSON by the names of its columns. */
export interface ReportLine extends Message {
  readonly text: string;
  readonly json: ReportColumns;
}

/** The columns of a report's line, by S3's names for them. */
export interface ReportColumns {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string;
  readonly TaskStatus: string;
  readonly HTTPStatusCode: string;
  readonly ErrorCode: string;
  readonly ResultMessage: string;
}

const NUMBER = /^\d+$/;

/**
 * A report's line from its text and its fields. S3's reports declare ErrorCode before HTTPStatusCode and write them the
 * other way round, so the one that is a number is the status.
 */
export function reportLine(raw: string, fields: readonly string[]): ReportLine {
  const [Bucket = '', Key = '', VersionId = '', TaskStatus = '', fifth = '', sixth = '', ResultMessage = ''] = fields;
  const [HTTPStatusCode, ErrorCode] = NUMBER.test(sixth) && !NUMBER.test(fifth) ? [sixth, fifth] : [fifth, sixth];
  return {
    text: raw.replace(/[\r\n]+$/, ''),
    json: { Bucket, Key, VersionId, TaskStatus, HTTPStatusCode, ErrorCode, ResultMessage },
  };
}

/** `drover report ID --output FILE`. */
export function reportSaved(jobId: string, lines: number, file: string): Message {
  const noun = lines === 1 ? 'line' : 'lines';
  return { text: `${formatCount(lines)} ${noun} saved to ${file}`, json: { JobId: jobId, Lines: lines, File: file } };
}
