import { SaxesParser } from 'saxes';
import { MalformedDocument } from './malformed-document.ts';

/** An element of a document: its name without prefix, its child elements, and its own text put together. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Text and CDATA, references resolved; comments and processing instructions left out. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** Elements in one another. The deepest member of the model is the tenth. */
const DEPTH_MAXIMUM = 32;

const ENCODINGS = new Set(['utf-8', 'utf8', 'us-ascii']);

/**
 * Reads a well-formed XML 1.0 document. Attributes are passed over, namespaces are not looked at; document types, and
 * so entities other than XML's own five, are refused.
 *
 * @throws MalformedDocument that says where (line:column) and what.
 */
export function readXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  const refuse = (what: string): never => {
    throw new MalformedDocument(`${parser.line}:${parser.column}: ${what}`);
  };

  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !ENCODINGS.has(encoding.toLowerCase())) refuse('the encoding must be UTF-8.');
  });
  parser.on('doctype', () => refuse('a document type (DTD) is not accepted.'));
  parser.on('opentag', ({ local }) => {
    if (open.length >= DEPTH_MAXIMUM) refuse(`elements are nested more than ${DEPTH_MAXIMUM} deep.`);
    const element: OpenElement = { name: local, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const addText = (more: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    root = open.pop();
  });

  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof MalformedDocument) throw notXml(error.message);
    throw notXml(error instanceof Error ? error.message : String(error));
  }
  if (root === undefined) throw notXml('it has no root element.');
  return root;
}

function notXml(reason: string): MalformedDocument {
  const cut = reason.length > 200 ? `${reason.slice(0, 200)}…` : reason;
  return new MalformedDocument(`The body is not an XML document that can be read: ${cut}`);
}
