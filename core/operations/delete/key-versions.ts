import {
  type ListedVersion,
  listObjectVersionsRequest,
  type VersionMarker,
  type VersionPage,
  versionsIn,
} from '../../s3/requests/list-object-versions.ts';
import type { S3Refusal } from '../../s3/s3-data-client.ts';
import type { S3Object } from '../../s3/s3-request.ts';
import { counted } from '../counted.ts';
import type { TaskContext } from '../operation.ts';

/** Versions of the first page: most keys have few, and others that begin with the key are listed after it in vain. */
const FIRST_PAGE = 10;
const PAGE = 1_000;

type Clients = Pick<TaskContext, 's3' | 'signal'>;

/** A run of versions and delete markers of one key, newest first; or why they cannot be listed. */
export type KeyVersions = { readonly ok: true; readonly versions: readonly ListedVersion[] } | S3Refusal;

/**
 * All versions and delete markers of exactly this key, page by page. A page may be deleted as soon as it is there: the
 * one after it, which S3 finds by the last version before it, has been read by then.
 */
export async function* versionsOfKey(object: S3Object, clients: Clients): AsyncGenerator<KeyVersions> {
  let page: Page | undefined = await readPage(object, clients, FIRST_PAGE);
  while (page !== undefined) {
    if (!page.ok) return yield page;
    const own: ListedVersion[] = page.versions.filter(({ key }) => key === object.key);
    // The key itself stands before all others that begin with it.
    const isLast: boolean = page.next === undefined || own.length < page.versions.length;
    const next: Page | undefined = isLast ? undefined : await readPage(object, clients, PAGE, page.next);
    if (own.length > 0) yield { ok: true, versions: own };
    page = next;
  }
}

type Page = ({ readonly ok: true } & VersionPage) | S3Refusal;

async function readPage(object: S3Object, { s3, signal }: Clients, most: number, after?: VersionMarker): Promise<Page> {
  const reply = await s3.send(listObjectVersionsRequest(object, most, after), signal);
  if (!reply.ok) return reply;
  const page = readable(reply.body);
  // Keys spelled in a way of the store's own would pass for others, and be left.
  if (page?.versions.every(({ key, versionId }) => key.startsWith(object.key) && versionId !== '') === true) {
    return { ok: true, ...page };
  }
  return {
    ok: false,
    httpStatus: reply.httpStatus,
    code: 'InternalError',
    message: 'The listing of the versions cannot be read, or names keys that were not asked for.',
    requestId: reply.headers['x-amz-request-id'] ?? '',
    extendedRequestId: reply.headers['x-amz-id-2'] ?? '',
    headers: reply.headers,
  };
}

function readable(document: string): VersionPage | undefined {
  try {
    return versionsIn(document);
  } catch {
    return undefined;
  }
}

/** So many versions and delete markers, in words: `2 versions and 1 delete marker`. */
export class VersionCount {
  #versions = 0;
  #markers = 0;

  add(versions: readonly ListedVersion[]): void {
    const markers = versions.filter(({ isDeleteMarker }) => isDeleteMarker).length;
    this.#markers += markers;
    this.#versions += versions.length - markers;
  }

  get total(): number {
    return this.#versions + this.#markers;
  }

  toString(): string {
    const versions = counted(this.#versions, 'version');
    const markers = counted(this.#markers, 'delete marker');
    if (this.#markers === 0) return versions;
    return this.#versions === 0 ? markers : `${versions} and ${markers}`;
  }
}
