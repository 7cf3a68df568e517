import { SaxesParser } from 'saxes';

/** An element of an answer of S3's. */
export interface XmlNode {
  readonly name: string;
  readonly children: readonly XmlNode[];
  /** Its own text, references resolved. */
  readonly text: string;
}

/**
 * Reads an answer that nests or lists, names without their prefixes. For flat ones `elementText` does, at a tenth of
 * the cost.
 *
 * @throws Error when it is not well-formed, as one that was cut off is not.
 */
export function xmlTree(document: string): XmlNode {
  const parser = new SaxesParser();
  const root = { name: '', children: [] as XmlNode[], text: '' };
  const open: { name: string; children: XmlNode[]; text: string }[] = [root];
  parser.on('opentag', ({ name }) => {
    const node = { name: name.slice(name.indexOf(':') + 1), children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const addText = (text: string): void => {
    const node = open.at(-1);
    if (node !== undefined) node.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void open.pop());
  parser.write(document).close();
  const [top] = root.children;
  if (top === undefined) throw new Error('The answer has no root element.');
  return top;
}

/** The text of a child; undefined if there is no such child. */
export function childText(node: XmlNode, name: string): string | undefined {
  return node.children.find((child) => child.name === name)?.text;
}

export function childrenOf(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name);
}
