import type { InventorySpec } from '../../core/inventory/inventory-spec.ts';
import type { InventoryProgress, WrittenInventory } from '../../core/inventory/write-inventory.ts';
import type { InventoryLine } from '../inventory/run-local.ts';
import { formatCount, formatDuration, formatRate, formatTime } from './format.ts';
import { hint, type Message } from './message.ts';
import { type Column, listLines, tableLines } from './table.ts';

/** `inventory create` when the report is there. */
export function inventoryWritten(spec: InventorySpec, written: WrittenInventory, seconds: number): Message {
  const url = `s3://${spec.destinationBucket}/${written.manifestKey}`;
  const next = nextCommand(spec, url);
  const lines = listLines([
    ['Manifest', url],
    ['ETag', written.manifestETag],
    ['Lines', `${formatCount(written.rows)} ${spec.versions === 'All' ? 'versions and delete markers' : 'objects'}`],
    ['Files', `${formatCount(written.files)} (${spec.format}, ${formatBytes(written.bytes)})`],
    ['Took', `${formatDuration(seconds)}${seconds > 0 ? `, ${formatRate(written.rows / seconds)}` : ''}`],
  ]);
  return {
    text: [...lines, '', 'A job on it:', `  ${next}`, ...(spec.versions === 'All' ? [OF_ALL_VERSIONS] : [])].join('\n'),
    json: {
      Manifest: url,
      ObjectArn: `arn:${spec.partition}:s3:::${spec.destinationBucket}/${written.manifestKey}`,
      ETag: written.manifestETag,
      Format: spec.format,
      IncludedObjectVersions: spec.versions,
      Lines: written.rows,
      Files: written.files,
      Bytes: written.bytes,
      Seconds: Math.round(seconds * 10) / 10,
      Next: next,
    },
  };
}

/** What a report of all versions names besides objects, and how a job that is to act on objects leaves it out. */
const OF_ALL_VERSIONS =
  'Delete markers and versions without an id are named too: in a job file, Manifest.Drover has "DeleteMarkers: Skip", which leaves the former out, and "EmptyVersion: \'Null\'", which reads the latter as null versions.';

function nextCommand({ format }: InventorySpec, url: string): string {
  const kind = format === 'Parquet' ? ' --manifest-format inventory-parquet' : '';
  return `drover jobs create --manifest ${url}${kind} --operation put-object-tagging --tags state=done --role-arn $ROLE --no-report`;
}

/** `inventory run`, of each report that is there. */
export function inventoryRan(line: InventoryLine): Message {
  const { Bucket, Id, Manifest, Lines } = line;
  const what = Lines === undefined ? 'the report of this minute was there already' : `${formatCount(Lines)} lines`;
  return { text: `${Id} of ${Bucket}: ${Manifest} (${what})`, json: line };
}

/** The line that is drawn over itself while a report is written. */
export function inventoryProgressText({ rows, files, bytes }: InventoryProgress, seconds: number): string {
  const rate = seconds >= 1 ? `  ${formatRate(rows / seconds)}` : '';
  return `Listing  ${formatCount(rows)} keys${rate}  ${formatCount(files)} ${files === 1 ? 'file' : 'files'} written, ${formatBytes(bytes)}`;
}

/** A report that was found under a destination. */
export interface FoundInventory {
  readonly sourceBucket: string;
  readonly id: string;
  /** `2026-01-31T01-00Z`. */
  readonly reportTime: string;
  readonly manifest: string;
  /** When manifest.json was written (ISO 8601). */
  readonly written: string;
}

const left = (heading: string): Column => ({ heading, align: 'left' });
const COLUMNS = ['BUCKET', 'CONFIGURATION', 'REPORT', 'WRITTEN', 'MANIFEST'].map(left);

/** `inventory list`: newest first. */
export function inventoryTable(found: readonly FoundInventory[]): Message[] {
  if (found.length === 0) return [hint('There are no inventory reports.')];
  const cells = found.map((one) => [one.sourceBucket, one.id, one.reportTime, formatTime(one.written), one.manifest]);
  const [heading = '', ...lines] = tableLines(COLUMNS, cells);
  return [
    hint(heading),
    ...found.map(({ sourceBucket, id, reportTime, manifest, written }, index) => ({
      text: lines[index] ?? '',
      json: { SourceBucket: sourceBucket, Id: id, ReportTime: reportTime, Manifest: manifest, Written: written },
    })),
  ];
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${formatCount(Math.ceil(bytes / 1_000))} KB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
