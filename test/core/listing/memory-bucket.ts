import type { ListPages } from '../../../core/listing/find-cuts.ts';
import { type ListedObject, readListPage } from '../../../core/listing/list-page.ts';
import { compareKeys } from '../../../core/listing/utf8-order.ts';
import type { ListObjectsQuestion } from '../../../core/s3/requests/list-objects.ts';
import { escapeXml } from '../../../core/s3/xml-text.ts';

/** A bucket of these keys: answers ListObjectsV2 as S3 does, in XML. */
export class MemoryBucket {
  readonly keys: readonly string[];
  requests = 0;

  constructor(
    keys: Iterable<string>,
    private readonly pageSize = 1_000,
    /** Before each answer. */
    private readonly meanwhile: () => Promise<void> = async () => undefined,
  ) {
    this.keys = [...new Set(keys)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  readonly list: ListPages = async (question) => readListPage(Buffer.from(await this.document(question)));

  /** The page's XML. */
  async document({ prefix, after = '', most = this.pageSize, folders = false }: ListObjectsQuestion): Promise<string> {
    this.requests += 1;
    await this.meanwhile();
    const contents: string[] = [];
    const found = new Set<string>();
    const limit = Math.min(most, this.pageSize);
    let truncated = false;
    for (let index = this.firstAfter(after); index < this.keys.length; index += 1) {
      const key = this.keys[index]!;
      if (!key.startsWith(prefix)) {
        if (compareKeys(key, prefix) < 0) continue;
        break;
      }
      const slash = folders ? key.indexOf('/', prefix.length) : -1;
      const folder = slash === -1 ? undefined : key.slice(0, slash + 1);
      if (folder !== undefined && found.has(folder)) continue;
      if (contents.length + found.size === limit) {
        truncated = true;
        break;
      }
      if (folder === undefined) contents.push(contentsOf(key));
      else found.add(folder);
    }
    return pageOf(contents, [...found], truncated);
  }

  private firstAfter(after: string): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.keys[middle]!, after) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** As S3 spells keys: form-style, slashes bare. */
export function urlEncoded(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');
}

export function contentsOf(key: string, object: Partial<ListedObject> = {}): string {
  const { lastModified = '2026-01-02T03:04:05.000Z', etag = 'abc', size = '5', storageClass = 'STANDARD' } = object;
  return (
    `<Contents><Key>${escapeXml(urlEncoded(key))}</Key><LastModified>${lastModified}</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>${storageClass}</StorageClass></Contents>`
  );
}

export function pageOf(contents: readonly string[], folders: readonly string[], truncated: boolean): string {
  const prefixes = folders.map((one) => `<CommonPrefixes><Prefix>${urlEncoded(one)}</Prefix></CommonPrefixes>`);
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>b</Name><Prefix></Prefix><KeyCount>${contents.length + folders.length}</KeyCount><MaxKeys>1000</MaxKeys>` +
    `<EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>${contents.join('')}${prefixes.join('')}` +
    '</ListBucketResult>'
  );
}
