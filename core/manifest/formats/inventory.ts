import { z } from 'zod';
import { parseBucketArn } from '../../job/object-arn.ts';
import type { Manifest } from '../../job/request.ts';
import type { ManifestFiles } from '../../stores/manifest-source.ts';
import { gunzipped, withMd5 } from '../byte-streams.ts';
import type { LineForm } from '../line-form.ts';
import { readLines } from '../line-reader.ts';
import { invalidManifest, type ManifestError } from '../manifest-error.ts';
import { readManifestJson } from '../manifest-json.ts';
import type { ManifestChunk, ManifestReader } from '../manifest-reader.ts';
import { emptyVersionOf } from '../table/table-columns.ts';

/** manifest.json of an inventory report (S3 User Guide, storage-inventory-location). */
const inventoryManifest = z.object({
  destinationBucket: z.string(),
  version: z.string(),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string().min(1), size: z.int().optional(), MD5checksum: z.string().optional() })),
});
export type InventoryManifest = z.infer<typeof inventoryManifest>;

const VERSIONS = ['2016-11-30', '2021-11-30'];

/**
 * `S3InventoryReport_CSV_20161130` and `…_20211130`: a manifest.json that names gzip files of lines whose columns it
 * names too. Each file is a chunk.
 */
export function inventoryCsvManifest(files: ManifestFiles, { Drover: options }: Manifest): ManifestReader {
  return {
    async survey() {
      const { named, manifest } = await readInventoryManifest(files);
      if (manifest.fileFormat !== 'CSV') throw otherFormat(named, manifest.fileFormat);
      const columns = schemaColumns(named, manifest.fileSchema);
      const emptyVersion = emptyVersionOf(options);
      const form: LineForm = {
        columns,
        ...(emptyVersion === undefined ? {} : { emptyVersion }),
      };
      return { form, chunks: inventoryChunks(named, manifest) };
    },

    async readLines({ bucket, key, md5, size }, onLine) {
      const source = files.open(bucket, key);
      const named = `s3://${bucket}/${key}`;
      const packed = source.read(0, size ?? (await source.size()));
      const bytes = gunzipped(md5 === undefined ? packed : withMd5(packed, md5, named), named);
      await readLines(bytes, { from: 0, end: Number.MAX_SAFE_INTEGER }, onLine);
    },
  };
}

/** @throws ManifestError when the manifest's object is not a manifest.json of an inventory. */
export async function readInventoryManifest(
  files: ManifestFiles,
): Promise<{ readonly named: string; readonly manifest: InventoryManifest }> {
  const { named, value } = await readManifestJson(files);
  const parsed = inventoryManifest.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what =
      issue === undefined || issue.path.length === 0
        ? 'it is no JSON object'
        : `${issue.path.join('.')} is not as it should be`;
    throw invalidManifest(`${named} is not the manifest.json of an inventory report: ${what}`);
  }
  const { version } = parsed.data;
  if (!VERSIONS.includes(version)) {
    throw invalidManifest(`${named} has the version "${version}"; known are ${VERSIONS.join(' and ')}`);
  }
  return { named, manifest: parsed.data };
}

/** The files of an inventory, a chunk each. */
export function inventoryChunks(named: string, { destinationBucket, files }: InventoryManifest): ManifestChunk[] {
  const bucket = parseBucketArn(destinationBucket) ?? destinationBucket;
  if (bucket === '') throw invalidManifest(`${named} has no destinationBucket`);
  return files.map(({ key, size, MD5checksum: md5 }) => ({
    bucket,
    key,
    begins: true,
    ...(size === undefined ? {} : { size }),
    ...(md5 === undefined || md5 === '' ? {} : { md5 }),
  }));
}

function schemaColumns(named: string, schema: string): string[] {
  const columns = schema.split(',').map((column) => column.trim());
  const missing = ['Bucket', 'Key'].filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw invalidManifest(`Required fields are missing in the schema: ${missing.join(', ')} (${named})`);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw invalidManifest(`${named} names the field ${twice} twice`);
  return columns;
}

function otherFormat(named: string, format: string): ManifestError {
  const help =
    format === 'Parquet'
      ? 'ask for Manifest.Drover.Format "S3InventoryReport_Parquet"'
      : 'configure the inventory to be CSV or Parquet, or UNLOAD its table by Athena to Parquet';
  return invalidManifest(`${named} says that its files are ${format}, not CSV: ${help}`);
}
