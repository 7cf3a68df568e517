import { urlEncode } from '../protocol/xml-writer.ts';
import { invalidArgument } from '../s3-error.ts';

/** Most entries of one page of any listing. */
const LARGEST_PAGE = 1000;

/** A `max-…` parameter: an integer, taken down to `most`. Throws InvalidArgument. */
export function readCount(query: ReadonlyMap<string, string>, name: string, most = LARGEST_PAGE): number {
  const text = query.get(name);
  if (text === undefined || text === '') return most;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647) {
    throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
  }
  return Math.min(Number(text), most);
}

/** How the listing wants its keys written. Throws InvalidArgument. */
export function readEncoding(query: ReadonlyMap<string, string>): (key: string) => string {
  const encoding = query.get('encoding-type');
  if (encoding === undefined) return (key) => key;
  if (encoding === 'url') return urlEncode;
  throw invalidArgument('encoding-type', encoding, 'Invalid Encoding Method specified in Request');
}
