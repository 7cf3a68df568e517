import { readCsvRecord } from './csv-record.ts';
import type { LineColumns, LineForm } from './line-form.ts';
import { decodeManifestKey } from './object-key.ts';

/** What a manifest's line names. */
export interface TaskLine {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** As the manifest spelled it. */
  readonly manifestKey: string;
  /** Absent: the manifest has no version column. Empty: it has one, and this line's is empty (the task will fail). */
  readonly versionId?: string;
}

/** Bucket names of general purpose and directory buckets, old ones with capitals and underscores included. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/** Version ids are URL-ready text of at most 1,024 bytes (User Guide, versioning-workflows); "null" is one of them. */
const VERSION_ID = /^[A-Za-z0-9._~+/=-]{1,1024}$/;

export const UNBALANCED_QUOTES = 'Manifest file is not properly formatted: quotes are not balanced';

/**
 * Reads a line (without its line break) by its form. Answers the reason, in S3's words where they are known (User Guide,
 * troubleshooting-batch-operations), when the line is not valid: the job then fails.
 */
export function readTaskLine(line: string, columns: LineColumns): TaskLine | string {
  const record = readCsvRecord(line);
  if (record === undefined) return UNBALANCED_QUOTES;
  return readTaskRecord(record, columns);
}

/** As `readTaskLine`, of a line that was cut into its columns. */
export function readTaskRecord(record: readonly string[], columns: LineColumns): TaskLine | string {
  const { form } = columns;
  if (!columns.takes(record.length)) {
    return `Unexpected number of task fields: ${record.length} where Fields names ${form.columns.length}`;
  }
  const bucket = form.bucket ?? record[columns.bucket] ?? '';
  if (!BUCKET.test(bucket)) return `Invalid bucket name "${shorten(bucket)}"`;
  const manifestKey = record[columns.key] ?? '';
  const key = decodeManifestKey(manifestKey);
  if (key === undefined) {
    return `Invalid object key format "${shorten(manifestKey)}": keys are URL-encoded, a literal % is %25`;
  }
  if (columns.versionId === -1) return { bucket, key, manifestKey };
  const versionId = versionOf(record[columns.versionId] ?? '', form);
  if (versionId === undefined) return { bucket, key, manifestKey };
  if (versionId !== '' && !VERSION_ID.test(versionId)) return `Invalid version ID format "${shorten(versionId)}"`;
  return { bucket, key, manifestKey, versionId };
}

/** What a report shows where the manifest's version field was empty: the task fails again. */
export const EMPTY_VERSION = '\\N';

function versionOf(text: string, { emptyVersion }: LineForm): string | undefined {
  if (text === EMPTY_VERSION) return '';
  if (text !== '' || emptyVersion === undefined) return text;
  return emptyVersion === 'null' ? 'null' : undefined;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
