import type { ListVersionsQuestion } from '../s3/requests/list-version-page.ts';
import type { ListPages } from './find-cuts.ts';
import { decodeListedKey, type ListedObject, NotAListing, type VersionPage } from './list-page.ts';

/** Answers pages of a listing of one bucket's versions. */
export type ListVersionPages = (question: ListVersionsQuestion) => Promise<VersionPage>;

/**
 * Listings of versions as the parallel listing wants them: a page never ends amid the versions of a key, so that it goes
 * on after a key. The versions of one key are held in memory together.
 */
export function versionPages(list: ListVersionPages): ListPages {
  return async (question) => {
    const page = await list(question);
    const { objects, folders, truncated } = page;
    const last = objects.at(-1);
    // Those who ask for one key or for folders look at nothing else.
    if (!truncated || last === undefined || question.most !== undefined || question.folders === true) return page;
    const whole = objects.findIndex(({ encodedKey }) => encodedKey === last.encodedKey);
    if (whole > 0) return { objects: objects.slice(0, whole), folders, truncated };
    return await allOfKey(list, question.prefix, last.encodedKey, page);
  };
}

/** A page of a key that has more versions than a page takes. */
async function allOfKey(
  list: ListVersionPages,
  prefix: string,
  encodedKey: string,
  first: VersionPage,
): Promise<VersionPage> {
  const objects: ListedObject[] = [...first.objects];
  const after = decodeListedKey(encodedKey);
  for (let page = first; ; ) {
    const afterVersion = page.next?.versionId;
    if (afterVersion === undefined || page.next?.key !== after) {
      throw new NotAListing(`a page of the versions of ${JSON.stringify(after)} does not say where the next begins`);
    }
    page = await list({ prefix, after, afterVersion });
    const others = page.objects.findIndex((object) => object.encodedKey !== encodedKey);
    objects.push(...(others === -1 ? page.objects : page.objects.slice(0, others)));
    if (others !== -1 || !page.truncated) {
      return { objects, folders: [], truncated: others !== -1 || page.truncated };
    }
    if (page.objects.length === 0) throw new NotAListing('a page of the listing is empty and says that there is more');
  }
}
