import { unescapeXml } from '../s3/xml-text.ts';
import { compareEncoded, compareKeys } from './utf8-order.ts';

/** An object of a listing, in the words of the listing. */
export interface ListedObject {
  /** Form-encoded: as a manifest spells keys, but for a space, which is a plus. */
  readonly encodedKey: string;
  /** ISO 8601. */
  readonly lastModified: string;
  /** Without its quotes. */
  readonly etag: string;
  readonly size: string;
  readonly storageClass: string;
  /** Of the checksum that was stored with it, where there is one. */
  readonly checksumAlgorithm?: string;
  /** In a listing of versions only. A delete marker has neither size nor ETag nor storage class: they are empty. */
  readonly version?: ListedVersion;
}

/** What a listing of versions says besides. */
export interface ListedVersion {
  /** `null` for one that was written without versioning. */
  readonly id: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
}

/** A page of ListObjectsV2. */
export interface ListPage {
  /** In the order of UTF-8. */
  readonly objects: readonly ListedObject[];
  /** Common prefixes, decoded. */
  readonly folders: readonly string[];
  /** Whether there are keys after this page's. */
  readonly truncated: boolean;
}

/** A page of ListObjectVersions: of each key its versions, newest first. */
export interface VersionPage extends ListPage {
  /** Where the next page begins, if there is one. */
  readonly next?: { readonly key: string; readonly versionId: string };
}

/** An answer that is not a page of a listing as S3's API reference has it. */
export class NotAListing extends Error {
  override readonly name = 'NotAListing';
}

/** The key that the spelling of `encoding-type=url` stands for: form-style, `+` for a space. */
export function decodeListedKey(encoded: string): string {
  if (PLAIN.test(encoded)) return encoded;
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw new NotAListing(`the key ${JSON.stringify(encoded.slice(0, 60))} is not URL-encoded UTF-8`);
  }
}

const PLAIN = /^[^%+]*$/;

/** Where `encoding-type=url` leaves a character bare that would end a CSV field, or is none of ASCII. */
const UNSAFE = /[^\x21-\x7e]|[",&<>]/;

/**
 * Reads a page of ListObjectsV2 that was asked for with `encoding-type=url`. A scanner for this one document: a general
 * parser of XML takes ten times as long, and listings are a thousand keys a page. What is not balanced, not in order,
 * or lacks what every object has is no page. Elements that are not known are passed over, for S3 adds some.
 *
 * @throws NotAListing
 */
export function readListPage(bytes: Buffer): ListPage {
  return new PageScanner(bytes.toString('latin1')).read();
}

/**
 * As `readListPage`, of ListObjectVersions.
 *
 * @throws NotAListing
 */
export function readVersionPage(bytes: Buffer): VersionPage {
  return new PageScanner(bytes.toString('latin1'), VERSIONS).read();
}

/** Two spellings of one byte would look like a difference: then the keys themselves decide. */
function inOrder(before: string, after: string): boolean {
  return compareEncoded(before, after) < 0 || compareKeys(decodeListedKey(before), decodeListedKey(after)) < 0;
}

/** Names of a listing's elements: of its root, and of what stands for an object. */
interface Listing {
  readonly root: string;
  readonly objects: readonly string[];
}
const OBJECTS: Listing = { root: 'ListBucketResult', objects: ['Contents'] };
const VERSIONS: Listing = { root: 'ListVersionsResult', objects: ['Version', 'DeleteMarker'] };

const OPEN = 0x3c;
const SLASH = 0x2f;
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;

class PageScanner {
  private at = 0;
  private readonly objects: ListedObject[] = [];
  private readonly folders: string[] = [];
  private truncated: boolean | undefined;
  private readonly encoded: boolean;
  private readonly next: { key?: string; versionId?: string } = {};

  /** @param text the page, a character a byte. */
  constructor(
    private readonly text: string,
    private readonly listing: Listing = OBJECTS,
  ) {
    // In text a `<` is escaped: wherever this stands, it is the element.
    this.encoded = text.includes('<EncodingType>url</EncodingType>');
  }

  read(): VersionPage {
    const { text } = this;
    const { root } = this.listing;
    if (text.startsWith('<?xml')) this.at = this.find('?>') + 2;
    this.skipSpace();
    const start = text.slice(this.at, this.find('>') + 1);
    const isRoot = start === `<${root}>` || (start.startsWith(`<${root} `) && /^<\w+ xmlns="[^"<>]*">$/.test(start));
    if (!isRoot) throw this.wrong('it does not begin as one');
    this.at += start.length;
    while (!this.takeClosing(root)) this.readMember();
    this.skipSpace();
    if (this.at !== text.length) throw this.wrong('something follows its end');
    if (this.truncated === undefined) throw this.wrong('it has no IsTruncated');
    const { key, versionId } = this.next;
    const next = key === undefined || versionId === undefined ? {} : { next: { key, versionId } };
    return { objects: this.objects, folders: this.folders, truncated: this.truncated, ...next };
  }

  private readMember(): void {
    if (this.text.startsWith('<Contents>', this.at)) {
      this.readObject();
      return;
    }
    const { name, empty } = this.opening();
    if (empty) return;
    if (this.listing === VERSIONS && this.readOfVersions(name)) return;
    if (name === 'CommonPrefixes') {
      const prefix = this.children(name).get('Prefix');
      if (prefix === undefined) throw this.wrong('a common prefix has no Prefix');
      this.folders.push(decodeListedKey(this.spelling(prefix)));
    } else if (name === 'IsTruncated') {
      const value = this.flatText(name);
      if (value !== 'true' && value !== 'false') throw this.wrong('IsTruncated is neither true nor false');
      this.truncated = value === 'true';
    } else this.pass(name);
  }

  private readObject(): void {
    this.at += '<Contents>'.length;
    this.take(this.readUsual() ?? this.objectOf(this.children('Contents')));
  }

  private take(object: ListedObject): void {
    const last = this.objects.at(-1);
    const isSameKey = object.version !== undefined && last?.encodedKey === object.encodedKey;
    if (last !== undefined && !isSameKey && !inOrder(last.encodedKey, object.encodedKey)) {
      throw this.wrong(`its keys are not in the order of UTF-8: ${last.encodedKey}, ${object.encodedKey}`);
    }
    this.objects.push(object);
  }

  /** Reads an element that only listings of versions have; false, with nothing read, if it is another. */
  private readOfVersions(name: string): boolean {
    if (name === 'NextKeyMarker') this.next.key = decodeListedKey(this.spelling(this.flatText(name)));
    else if (name === 'NextVersionIdMarker') this.next.versionId = this.plainText(this.flatText(name));
    else if (this.listing.objects.includes(name)) this.take(this.versionOf(this.children(name), name));
    else return false;
    return true;
  }

  private versionOf(children: Map<string, string>, name: string): ListedObject {
    const isDeleteMarker = name === 'DeleteMarker';
    const [id, isLatest] = [children.get('VersionId'), children.get('IsLatest')];
    if (id === undefined || (isLatest !== 'true' && isLatest !== 'false')) {
      throw this.wrong('a version has no VersionId or no IsLatest');
    }
    if (isDeleteMarker) children.set('Size', '0');
    const object = this.objectOf(children);
    const version = { id: this.plainText(id), isLatest: isLatest === 'true', isDeleteMarker };
    return { ...object, ...(isDeleteMarker && { size: '', etag: '', storageClass: '' }), version };
  }

  /** An object as S3 writes it, its elements in this order; undefined, with nothing read, if it is another form. */
  private readUsual(): ListedObject | undefined {
    const { text } = this;
    const start = this.at;
    const key = this.usual('<Key>', '</Key>');
    const lastModified = key === undefined ? undefined : this.usual('<LastModified>', '</LastModified>');
    const etag = lastModified === undefined ? undefined : this.usual('<ETag>', '</ETag>');
    let checksum: string | undefined;
    if (etag !== undefined) {
      checksum = this.usual('<ChecksumAlgorithm>', '</ChecksumAlgorithm>');
      this.usual('<ChecksumType>', '</ChecksumType>');
    }
    const size = etag === undefined ? undefined : this.usual('<Size>', '</Size>');
    const storageClass = size === undefined ? undefined : this.usual('<StorageClass>', '</StorageClass>');
    if (
      key === undefined ||
      key === '' ||
      lastModified === undefined ||
      etag === undefined ||
      size === undefined ||
      size === '' ||
      storageClass === undefined ||
      !text.startsWith('</Contents>', this.at)
    ) {
      this.at = start;
      return undefined;
    }
    this.at += '</Contents>'.length;
    const object = { encodedKey: this.spelling(key), lastModified, etag: this.bareETag(etag), size, storageClass };
    return checksum === undefined ? object : { ...object, checksumAlgorithm: checksum };
  }

  private usual(opening: string, closing: string): string | undefined {
    const { text } = this;
    if (!text.startsWith(opening, this.at)) return undefined;
    const from = this.at + opening.length;
    const end = text.indexOf('<', from);
    if (end === -1 || !text.startsWith(closing, end)) return undefined;
    this.at = end + closing.length;
    return text.slice(from, end);
  }

  private objectOf(children: ReadonlyMap<string, string>): ListedObject {
    const [key, lastModified, size] = ['Key', 'LastModified', 'Size'].map((name) => {
      const found = children.get(name);
      if (found === undefined || found === '') throw this.wrong(`an object has no ${name}`);
      return found;
    }) as [string, string, string];
    const checksum = children.get('ChecksumAlgorithm');
    return {
      encodedKey: this.spelling(key),
      lastModified: this.plainText(lastModified),
      etag: this.bareETag(children.get('ETag') ?? ''),
      size: this.plainText(size),
      storageClass: this.plainText(children.get('StorageClass') ?? 'STANDARD'),
      ...(checksum === undefined || checksum === '' ? {} : { checksumAlgorithm: this.plainText(checksum) }),
    };
  }

  /** A key as the listing encodes it; encoded here, where a store does not know how. */
  private spelling(raw: string): string {
    if (this.encoded && !UNSAFE.test(raw)) return raw;
    const text = this.plainText(raw);
    const key = this.encoded ? decodeListedKey(text) : text;
    try {
      return encodeURIComponent(key).replaceAll('%2F', '/');
    } catch {
      throw this.wrong('a key is not UTF-8');
    }
  }

  private bareETag(raw: string): string {
    if (raw.startsWith('&quot;') && raw.endsWith('&quot;') && raw.indexOf('&', 1) === raw.length - 6) {
      return raw.slice(6, -6);
    }
    return this.plainText(raw).replace(/^"(.*)"$/, '$1');
  }

  private plainText(raw: string): string {
    return unescapeXml(/[\x80-\xff]/.test(raw) ? Buffer.from(raw, 'latin1').toString('utf8') : raw);
  }

  /** Reads children to the end of their parent: the texts of those that have no children themselves. */
  private children(parent: string): Map<string, string> {
    const found = new Map<string, string>();
    while (!this.takeClosing(parent)) {
      const { name, empty } = this.opening();
      if (empty) {
        found.set(name, '');
        continue;
      }
      const from = this.at;
      const end = this.find('<');
      if (this.text.charCodeAt(end + 1) === SLASH) {
        this.at = end;
        if (!this.takeClosing(name)) throw this.wrong(`${name} is not closed`);
        found.set(name, this.text.slice(from, end));
      } else this.pass(name);
    }
    return found;
  }

  /** Passes over an element that was opened, whatever is in it. */
  private pass(name: string): void {
    const open = [name];
    for (;;) {
      this.at = this.find('<');
      if (this.text.charCodeAt(this.at + 1) !== SLASH) {
        const inner = this.opening();
        if (!inner.empty) open.push(inner.name);
        continue;
      }
      const last = open.pop() ?? '';
      if (!this.takeClosing(last)) throw this.wrong(`${last} is not closed`);
      if (open.length === 0) return;
    }
  }

  private flatText(name: string): string {
    const from = this.at;
    this.at = this.find('<');
    const text = this.text.slice(from, this.at);
    if (!this.takeClosing(name)) throw this.wrong(`${name} has more than text`);
    return text;
  }

  private opening(): { readonly name: string; readonly empty: boolean } {
    this.skipSpace();
    if (this.text.charCodeAt(this.at) !== OPEN) throw this.wrong('there is text between its elements');
    const end = this.find('>');
    const empty = this.text.charCodeAt(end - 1) === SLASH;
    const name = this.text.slice(this.at + 1, empty ? end - 1 : end).trimEnd();
    if (!NAME.test(name)) throw this.wrong(`<${name.slice(0, 40)}> is no element of a listing`);
    this.at = end + 1;
    return { name, empty };
  }

  private takeClosing(name: string): boolean {
    this.skipSpace();
    const closing = `</${name}>`;
    if (!this.text.startsWith(closing, this.at)) return false;
    this.at += closing.length;
    return true;
  }

  private skipSpace(): void {
    while (this.text.charCodeAt(this.at) <= 0x20) this.at += 1;
  }

  private find(what: string): number {
    const found = this.text.indexOf(what, this.at);
    if (found === -1) throw this.wrong('it was cut off');
    return found;
  }

  private wrong(what: string): NotAListing {
    return new NotAListing(
      `the answer is not a page of ${this.listing === OBJECTS ? 'ListObjectsV2' : 'ListObjectVersions'}: ${what} (byte ${this.at})`,
    );
  }
}
