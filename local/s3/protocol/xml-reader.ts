import { SaxesParser } from 'saxes';
import { S3Error } from '../s3-error.ts';

/** An element of a request document. Namespaces do not matter to S3's request documents. */
export interface XmlElement {
  readonly name: string;
  /** By name without prefix. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const MAXIMUM_DEPTH = 32;

/**
 * Reads a small document whole. Strict: it must be well-formed and without a document type; anything else throws
 * MalformedXML.
 */
export function readXml(source: string): XmlElement {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open: XmlElement[] = [top];
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on('opentag', (tag) => {
    const attributes = Object.entries(tag.attributes).map(([name, value]) => [localName(name), value] as const);
    const element: XmlElement = {
      name: localName(tag.name),
      attributes: Object.fromEntries(attributes),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    if (open.push(element) > MAXIMUM_DEPTH) throw malformed();
  });
  parser.on('closetag', () => {
    open.pop();
  });
  const append = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('doctype', () => {
    throw malformed();
  });
  parser.on('error', () => {
    throw malformed();
  });
  parser.write(source).close();
  const [root] = top.children;
  if (root === undefined) throw malformed();
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

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
