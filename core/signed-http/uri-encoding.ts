/** Characters that AWS signatures leave bare (RFC 3986 unreserved); a key of these and slashes is its own encoding. */
const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;

/** What encodeURIComponent leaves bare and AWS signatures do not. */
const STILL_RESERVED = /[!'()*]/g;

/**
 * Percent-encodes UTF-8 text as AWS signatures want it: everything but `A-Z a-z 0-9 - . _ ~`, upper-case hex.
 * @throws URIError when the text has half a surrogate pair, which no UTF-8 can say.
 */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(STILL_RESERVED, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Percent-encodes a path and keeps its slashes as they are: no segment is added, dropped or resolved, so that `a//b`,
 * `./a` and `a/../b` stay the object keys they are.
 * @throws URIError as {@link encodeUri}.
 */
export function encodePath(path: string): string {
  return PLAIN_PATH.test(path) ? path : encodeUri(path).replaceAll('%2F', '/');
}

/** Query parameters by name, not encoded. An empty value is a bare subresource: `?tagging`. */
export type Query = Readonly<Record<string, string>>;

/** A query in its two forms. */
export interface EncodedQuery {
  /** As sent: `tagging&versionId=x`; empty when there are no parameters. */
  readonly wire: string;
  /** As signed: sorted, every name with `=`. */
  readonly canonical: string;
}

const NO_QUERY: EncodedQuery = { wire: '', canonical: '' };

/** Most requests of a job carry the very same query, which is one object: what the last one came to is kept. */
let last: { readonly query: Query; readonly encoded: EncodedQuery } | undefined;

/**
 * Encodes and sorts (by code point of the encoded names, as signatures want it) the parameters of a query, which must
 * not change afterwards.
 * @throws URIError as {@link encodeUri}.
 */
export function encodeQuery(query: Query | undefined): EncodedQuery {
  if (query === undefined) return NO_QUERY;
  if (last?.query !== query) last = { query, encoded: encodeEntries(query) };
  return last.encoded;
}

function encodeEntries(query: Query): EncodedQuery {
  const pairs = Object.entries(query)
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    wire: pairs.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&'),
    canonical: pairs.map(([name, value]) => `${name}=${value}`).join('&'),
  };
}
