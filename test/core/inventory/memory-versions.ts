import { readVersionPage } from '../../../core/listing/list-page.ts';
import { compareKeys } from '../../../core/listing/utf8-order.ts';
import type { ListVersionPages } from '../../../core/listing/version-pages.ts';
import { escapeXml } from '../../../core/s3/xml-text.ts';
import { urlEncoded } from '../listing/memory-bucket.ts';

/** A version as a test makes it; versions of a key stand newest first. */
export interface MemoryVersion {
  readonly key: string;
  readonly id: string;
  readonly marker?: boolean;
}

/** A bucket with versions: answers ListObjectVersions as S3 does, in XML. */
export class MemoryVersions {
  readonly versions: readonly (MemoryVersion & { readonly latest: boolean })[];

  constructor(
    versions: readonly MemoryVersion[],
    private readonly pageSize = 1_000,
  ) {
    const sorted = [...versions].sort((a, b) => compareKeys(a.key, b.key));
    this.versions = sorted.map((one, index) => ({ ...one, latest: sorted[index - 1]?.key !== one.key }));
  }

  readonly list: ListVersionPages = async ({ prefix, after = '', afterVersion, most = this.pageSize, folders }) => {
    const from = this.versions.findIndex(({ key, id }) =>
      afterVersion === undefined ? compareKeys(key, after) > 0 : key === after && id === afterVersion,
    );
    const rest = from === -1 ? [] : this.versions.slice(afterVersion === undefined ? from : from + 1);
    const wanted = rest.filter(
      ({ key }) => key.startsWith(prefix) && !(folders === true && key.includes('/', prefix.length)),
    );
    const page = wanted.slice(0, Math.min(most, this.pageSize));
    const last = page.length < wanted.length ? page.at(-1) : undefined;
    const markers = last
      ? `<NextKeyMarker>${escapeXml(urlEncoded(last.key))}</NextKeyMarker><NextVersionIdMarker>${last.id}</NextVersionIdMarker>`
      : '';
    return readVersionPage(
      Buffer.from(
        `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>${markers}<EncodingType>url</EncodingType><IsTruncated>${last !== undefined}</IsTruncated>${page.map(versionElement).join('')}</ListVersionsResult>`,
      ),
    );
  };
}

function versionElement({ key, id, marker, latest }: MemoryVersion & { readonly latest: boolean }): string {
  const about = `<Key>${escapeXml(urlEncoded(key))}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest><LastModified>2026-01-02T03:04:05.000Z</LastModified>`;
  const owner = '<Owner><ID>o</ID></Owner>';
  if (marker === true) return `<DeleteMarker>${about}${owner}</DeleteMarker>`;
  return `<Version>${about}<ETag>&quot;abc-2&quot;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><Size>5</Size>${owner}<StorageClass>STANDARD</StorageClass></Version>`;
}
