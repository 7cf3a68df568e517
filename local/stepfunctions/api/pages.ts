import { StepFunctionsError } from '../service-error.ts';
import { optionalNumber, optionalText, type Request } from './request-fields.ts';

/** Results of a page unless the request asks for fewer, or more; 0 asks for these, too. */
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 1000;

/** What a request asks of a list: how many, and from where on. */
export interface PageRequest {
  readonly size: number;
  /** What `nextToken` of the page before stands for. */
  readonly after: string | undefined;
}

/** Reads `maxResults` and `nextToken`. The token names its list, so that another's is refused. */
export function pageRequest(request: Request, list: string): PageRequest {
  const size = optionalNumber(request, 'maxResults', 0, LARGEST_PAGE);
  const token = optionalText(request, 'nextToken', 3096);
  let after: string | undefined;
  if (token !== undefined) {
    const [ofList, rest] = Buffer.from(token, 'base64url').toString().split('\n');
    if (ofList !== list || rest === undefined) {
      throw new StepFunctionsError('InvalidToken', `Invalid Token: '${token}'`);
    }
    after = rest;
  }
  return { size: size === undefined || size === 0 ? DEFAULT_PAGE : size, after };
}

/** A `nextToken` with which `pageRequest` gives `after`. */
function pageToken(list: string, after: string): string {
  return Buffer.from(`${list}\n${after}`).toString('base64url');
}

/** A page of entries that come with the text after which the next page begins. */
export async function collectPage<T>(
  page: PageRequest,
  list: string,
  entries: AsyncIterable<readonly [place: string, entry: T]>,
): Promise<{ readonly items: T[]; readonly nextToken: string | undefined }> {
  const items: T[] = [];
  let last = '';
  for await (const [place, entry] of entries) {
    if (items.length === page.size) return { items, nextToken: pageToken(list, last) };
    items.push(entry);
    last = place;
  }
  return { items, nextToken: undefined };
}
