import { S3Error } from '../s3-error.ts';

/** What a request is about, taken from its target and host as they were sent. */
export interface Target {
  /** Undefined: the service itself. */
  readonly bucket?: string;
  /** Undefined: the bucket itself. */
  readonly key?: string;
  /** Query parameters by name, decoded; a parameter without a value has the empty string. */
  readonly query: ReadonlyMap<string, string>;
}

const NO_QUERY: ReadonlyMap<string, string> = new Map();
/** `bucket.s3.us-east-1.amazonaws.com`, `bucket.s3.localhost:9800`, … */
const S3_HOST = /^(.+)\.s3[.-][a-z0-9.-]*$/i;
/** `bucket.localhost` */
const LOCAL_HOST = /^(.+)\.localhost$/i;
const ABSOLUTE_FORM = /^https?:\/\/([^/?]*)/i;

/**
 * Reads the raw request target. It never passes through a URL class: those take `.`, `..` and `//` out of keys.
 * Throws InvalidURI.
 */
export function parseTarget(rawTarget: string, hostHeader: string | undefined): Target {
  const target = fromWire(rawTarget);
  const absolute = ABSOLUTE_FORM.exec(target);
  const relative = absolute === null ? target : target.slice(absolute[0].length);
  const question = relative.indexOf('?');
  const path = question < 0 ? relative : relative.slice(0, question);
  const query = question < 0 ? NO_QUERY : parseQuery(relative.slice(question + 1));
  const hostBucket = bucketOfHost(absolute?.[1] ?? hostHeader ?? '');
  const resource = path.startsWith('/') ? path.slice(1) : path;
  if (hostBucket !== undefined) return { bucket: hostBucket, ...keyMember(resource), query };
  const slash = resource.indexOf('/');
  const bucket = slash < 0 ? resource : resource.slice(0, slash);
  if (bucket === '') return { query };
  return { bucket: decode(bucket), ...keyMember(slash < 0 ? '' : resource.slice(slash + 1)), query };
}

/** `a=1&b=two+words`, percent-encoded UTF-8, `+` a space. Throws InvalidURI. */
export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const parameter of text.split('&')) {
    if (parameter === '') continue;
    const equals = parameter.indexOf('=');
    const name = equals < 0 ? parameter : parameter.slice(0, equals);
    query.set(decodeForm(name), equals < 0 ? '' : decodeForm(parameter.slice(equals + 1)));
  }
  return query;
}

/** Undoes percent-encoding of UTF-8. Throws InvalidURI. */
export function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', undefined, { URI: text });
  }
}

function decodeForm(text: string): string {
  return decode(text.includes('+') ? text.replaceAll('+', ' ') : text);
}

function keyMember(encoded: string): { key?: string } {
  return encoded === '' ? {} : { key: decode(encoded) };
}

function bucketOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '');
  if (name.toLowerCase() === 's3.localhost') return undefined;
  return (S3_HOST.exec(name) ?? LOCAL_HOST.exec(name))?.[1]?.toLowerCase();
}

/** Node hands over the bytes of the target as Latin-1; clients that do not encode send UTF-8. */
function fromWire(rawTarget: string): string {
  if (/^[\0-\x7f]*$/.test(rawTarget)) return rawTarget;
  const bytes = Buffer.from(rawTarget, 'latin1');
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) throw new S3Error('InvalidURI');
  return text;
}
