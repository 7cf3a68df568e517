import { parseBucketArn } from '../job/object-arn.ts';
import type { ObjectHead, TriggerObjects } from '../stores/trigger-objects.ts';
import type { TriggerDefinition } from './definition.ts';
import { folderOf, type Report, reportAt, reportTimestamp } from './match.ts';
import type { Subject } from './records.ts';

type ObjectSubject = Extract<Subject, { is: 'object' }>;

/** Levels of folders between the prefix and the reports: at most bucket and configuration, and the prefix itself. */
const DEEPEST = 3;

/** Pages of a thousand folders: reports of ten years, daily. */
const MOST_PAGES = 5;

/** Folders on a way that does not end at reports. */
const MOST_FOLDERS = 200;

/**
 * A folder has the time that its report was begun at. S3 takes up to 48 hours for one (User Guide, storage-inventory); who
 * copies reports elsewhere may take longer.
 */
const LATEST_DELIVERY = 30 * 86_400_000;

/** A manifest.json so old is whole even where no manifest.checksum stands beside it, as home-made ones may do. */
const UNCHECKED_MILLISECONDS = 60_000;

/** A manifest.checksum so old, and no manifest.json beside it, is told of. */
const HEADLESS_MILLISECONDS = 15 * 60_000;

/** A report that a listing found. */
export interface FoundReport {
  readonly report: Report;
  /** Its manifest.json; absent where there is only a manifest.checksum, for long. */
  readonly manifest?: ObjectHead;
}

export interface ReportSearch {
  readonly from: number;
  readonly now: number;
  /** Keys of manifest.json. */
  readonly known: ReadonlySet<string>;
  readonly onOld: (key: string) => void;
}

/** Where a trigger's reports are. */
function placeOf({ Bucket = '', Prefix = '' }: TriggerDefinition): { bucket: string; prefix: string } {
  return { bucket: parseBucketArn(Bucket) ?? '', prefix: folderOf(Prefix) };
}

/**
 * The reports whose manifest.json was written from `from` on (milliseconds since 1970), but for those `known` already:
 * each costs a request. `onOld` is told of those that are older, which need no look again.
 */
export async function findReports(
  definition: TriggerDefinition,
  objects: TriggerObjects,
  { from, now, known, onOld }: ReportSearch,
): Promise<readonly FoundReport[]> {
  const { bucket } = placeOf(definition);
  const found: FoundReport[] = [];
  for (const report of await reportsUnder(definition, objects)) {
    if (known.has(report.key) || reportTimestamp(report) < from - LATEST_DELIVERY) continue;
    const manifest = await lookInto(report, bucket, objects, now);
    if (manifest === undefined) continue;
    if (manifest.lastModified >= from) found.push(manifest);
    else onOld(report.key);
  }
  return found;
}

/** The newest report that is whole, however old. */
export async function findNewestReport(
  definition: TriggerDefinition,
  objects: TriggerObjects,
): Promise<ObjectSubject | undefined> {
  const { bucket } = placeOf(definition);
  const reports = [...(await reportsUnder(definition, objects))].sort(
    (one, other) => reportTimestamp(other) - reportTimestamp(one),
  );
  for (const { key } of reports) {
    const head = await objects.head(bucket, key);
    if (head !== undefined) return { is: 'object', bucket, key, etag: head.etag };
  }
  return undefined;
}

async function reportsUnder(definition: TriggerDefinition, objects: TriggerObjects): Promise<readonly Report[]> {
  const { bucket, prefix } = placeOf(definition);
  const own = reportAt(prefix);
  if (own !== undefined) return [own];
  const reports: Report[] = [];
  let level = [prefix];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of level.slice(0, MOST_FOLDERS)) {
      const { folders } = await objects.list(bucket, folder, { folders: true, pages: MOST_PAGES });
      const here = folders.flatMap((each) => reportAt(each) ?? []);
      reports.push(...here);
      // Beside reports lie their data and tables for Hive, and no other configurations.
      if (here.length === 0) next.push(...folders);
    }
    level = next;
  }
  return reports;
}

async function lookInto(
  report: Report,
  bucket: string,
  objects: TriggerObjects,
  now: number,
): Promise<(FoundReport & { readonly lastModified: number }) | undefined> {
  const begin = report.key.slice(0, -'json'.length);
  const listed = await objects.list(bucket, begin, { folders: false, pages: 1 });
  const manifest = listed.objects.find(({ key }) => key === report.key);
  const checksum = listed.objects.find(({ key }) => key === `${begin}checksum`);
  if (manifest === undefined) {
    const headless = checksum !== undefined && now - checksum.lastModified > HEADLESS_MILLISECONDS;
    return headless ? { report, lastModified: checksum.lastModified } : undefined;
  }
  if (checksum === undefined && now - manifest.lastModified < UNCHECKED_MILLISECONDS) return undefined;
  return { report, manifest, lastModified: manifest.lastModified };
}
