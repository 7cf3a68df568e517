import type { ManifestFiles, ManifestSource } from '../../stores/manifest-source.ts';
import { invalidManifest } from '../manifest-error.ts';
import type { ManifestChunk } from '../manifest-reader.ts';
import { prefixOf } from './prefix.ts';

/** A file of a table, as it was met. */
export interface TableFile {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag?: string;
}

/** Files of one table at most: what they are is kept with the job. */
const MOST_FILES = 200_000;

/** The files of a table: the object that the request names, or all that begin with the prefix that it names. */
export async function tableFiles(files: ManifestFiles): Promise<readonly TableFile[]> {
  const { bucket, key } = files.manifest;
  const prefix = prefixOf(key);
  if (prefix === undefined) {
    const size = await files.manifest.size();
    return [withEtag({ bucket, key, size }, files.manifest.etag())];
  }
  const found: TableFile[] = [];
  for await (const { key: each, size, etag } of files.list(bucket, prefix)) {
    if (size === 0 || isHidden(each.slice(prefix.length))) continue;
    found.push(withEtag({ bucket, key: each, size }, etag));
    if (found.length > MOST_FILES) throw invalidManifest(`s3://${bucket}/${prefix} has more than ${MOST_FILES} files`);
  }
  if (found.length === 0) throw invalidManifest(`There are no files at s3://${bucket}/${prefix}`);
  return found;
}

/** A file of a chunk, pinned to what it was when it was met. The request's own is pinned by the request. */
export function openTableFile(files: ManifestFiles, { bucket, key, etag }: ManifestChunk | TableFile): ManifestSource {
  return files.manifest.bucket === bucket && files.manifest.key === key
    ? files.manifest
    : files.open(bucket, key, etag);
}

/** What writers leave beside their data, by its key after the prefix: `_SUCCESS`, `_delta_log/`, `.crc` (Hadoop's rule). */
function isHidden(key: string): boolean {
  return /(^|\/)[_.]/.test(key);
}

function withEtag(file: TableFile, etag: string | undefined): TableFile {
  return etag === undefined || etag === '' ? file : { ...file, etag };
}
