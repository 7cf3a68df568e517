import { S3Error } from '../s3-error.ts';

/** An element of a request document. Attributes and namespaces do not matter to S3's request documents. */
export interface XmlElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

const TOKEN =
  /<!--(?:(?!--)[\s\S])*-->|<\?[^>]*\?>|<!\[CDATA\[((?:(?!\]\]>)[\s\S])*)\]\]>|<(\/?)([A-Za-z_][\w.:-]*)(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>|([^<]+)/y;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));|&/g;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const MAXIMUM_DEPTH = 32;

/**
 * Reads a small document whole. Strict: one root, properly nested, no document type, no entities of its own; anything
 * else throws MalformedXML.
 */
export function readXml(source: string): XmlElement {
  // XML takes every form of line break for a line feed; a carriage return that is meant comes as a reference.
  const document = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source;
  const top: XmlElement = { name: '', children: [], text: '' };
  const open: XmlElement[] = [top];
  TOKEN.lastIndex = document.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (TOKEN.lastIndex < document.length) {
    const token = TOKEN.exec(document);
    const parent = open.at(-1);
    if (token === null || parent === undefined) throw malformed();
    const [, data, slash, name, selfClosing, text] = token;
    if (text !== undefined) parent.text += resolveEntities(text);
    else if (data !== undefined) parent.text += data;
    else if (name !== undefined) nest(open, localName(name), slash === '/', selfClosing === '/');
  }
  const [root, ...others] = top.children;
  if (root === undefined || others.length > 0 || open.length !== 1 || top.text.trim() !== '') throw malformed();
  return root;
}

/** The child of that name; throws MalformedXML if there are several. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  const [child, ...others] = element.children.filter((one) => one.name === name);
  if (others.length > 0) throw malformed();
  return child;
}

/** The text of the child of that name. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** Reads a document whose root must have this name. */
export function readDocument(document: string, root: string): XmlElement {
  const element = readXml(document);
  if (element.name !== root) throw malformed();
  return element;
}

export function malformed(): S3Error {
  return new S3Error('MalformedXML');
}

function nest(open: XmlElement[], name: string, closes: boolean, selfClosing: boolean): void {
  if (closes) {
    if (open.length < 2 || selfClosing || open.pop()?.name !== name) throw malformed();
    return;
  }
  const element: XmlElement = { name, children: [], text: '' };
  open.at(-1)?.children.push(element);
  if (selfClosing) return;
  if (open.push(element) > MAXIMUM_DEPTH) throw malformed();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function resolveEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (_, decimal?: string, hexadecimal?: string, named?: string) => {
    if (named !== undefined) return NAMED[named] ?? '';
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
    if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) throw malformed();
    return String.fromCodePoint(code);
  });
}
