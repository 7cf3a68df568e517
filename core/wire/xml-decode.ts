import { z } from 'zod';
import { pathOf, shown } from '../validation/invalid-input.ts';
import { bare } from '../validation/schema-walk.ts';
import { MalformedDocument } from './malformed-document.ts';
import { elementName } from './xml-names.ts';
import type { XmlElement } from './xml-reader.ts';

/**
 * Turns an element into the value that a schema describes, as far as it can: what does not fit (a text where a number
 * should be, a member that nobody knows) is kept as it is found, for the validation to name. Lists take children of any
 * name, as S3 Control does.
 *
 * @throws MalformedDocument for what a value cannot express: a member given twice, text between elements.
 */
export function decodeXml(element: XmlElement, schema: z.core.$ZodType): unknown {
  return decode(element, bare(schema), []);
}

type Path = readonly PropertyKey[];

function decode(element: XmlElement, schema: z.core.$ZodType | undefined, path: Path): unknown {
  if (schema instanceof z.ZodObject) return decodeStructure(element, schema, path);
  if (schema instanceof z.ZodArray) return decodeList(element, schema, path);
  if (schema instanceof z.ZodRecord) return decodeMap(element, path);
  if (element.children.length > 0) return looseStructure(element, path);
  if (schema instanceof z.ZodBoolean) return booleanOr(element.text);
  if (schema instanceof z.ZodNumber) return numberOr(element.text);
  if (schema instanceof z.ZodEnum || isTimestamp(schema)) return element.text.trim();
  return element.text;
}

function decodeStructure(element: XmlElement, schema: z.ZodObject, path: Path): unknown {
  if (onlyText(element)) return element.text;
  refuseMixed(element, path);
  const members = new Map(Object.entries(schema.shape).map(([name, member]) => [elementName(name, member), name]));
  const value: Record<string, unknown> = {};
  for (const child of element.children) {
    const name = members.get(child.name);
    const at = [...path, name ?? child.name];
    set(value, name ?? child.name, decode(child, name === undefined ? undefined : bareMember(schema, name), at), at);
  }
  return value;
}

function bareMember(schema: z.ZodObject, name: string): z.core.$ZodType | undefined {
  const member = schema.shape[name];
  return member === undefined ? undefined : bare(member);
}

function decodeList(element: XmlElement, schema: z.ZodArray, path: Path): unknown {
  if (onlyText(element)) return element.text;
  refuseMixed(element, path);
  return element.children.map((child, index) => decode(child, bare(schema.element), [...path, index]));
}

/** `<entry><key>k</key><value>v</value></entry>…` */
function decodeMap(element: XmlElement, path: Path): unknown {
  if (onlyText(element)) return element.text;
  refuseMixed(element, path);
  const value: Record<string, unknown> = {};
  for (const entry of element.children) {
    const [key, text] = [childrenOf(entry, 'key'), childrenOf(entry, 'value')];
    if (key.length !== 1 || text.length !== 1 || entry.children.length !== 2) {
      throw new MalformedDocument(
        `${pathOf(path)} must have entries of the form <entry><key>…</key><value>…</value></entry>.`,
      );
    }
    for (const only of [key[0], text[0]]) if (only !== undefined) refuseChildren(only, path);
    const name = key[0]?.text ?? '';
    set(value, name, text[0]?.text ?? '', [...path, name]);
  }
  return value;
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** An element that the schema does not know or does not expect to have children: enough of it to be refused by name. */
function looseStructure(element: XmlElement, path: Path): unknown {
  const value: Record<string, unknown> = {};
  for (const child of element.children) {
    if (!Object.hasOwn(value, child.name)) set(value, child.name, child.text, [...path, child.name]);
  }
  return value;
}

function set(value: Record<string, unknown>, name: string, member: unknown, path: Path): void {
  if (name === '__proto__') throw new MalformedDocument('__proto__ is not a name that a member or key can have.');
  if (Object.hasOwn(value, name)) throw new MalformedDocument(`${pathOf(path)} is given twice.`);
  value[name] = member;
}

function onlyText(element: XmlElement): boolean {
  return element.children.length === 0 && element.text.trim() !== '';
}

function refuseMixed(element: XmlElement, path: Path): void {
  const stray = element.text.trim();
  if (stray === '') return;
  const where = path.length === 0 ? element.name : pathOf(path);
  throw new MalformedDocument(`${where} has the text ${JSON.stringify(shown(stray))} between its elements.`);
}

function refuseChildren(element: XmlElement, path: Path): void {
  if (element.children.length > 0) {
    throw new MalformedDocument(`${pathOf(path)} has elements in <${element.name}>, which must be text.`);
  }
}

function booleanOr(text: string): unknown {
  const word = text.trim();
  return word === 'true' ? true : word === 'false' ? false : text;
}

function numberOr(text: string): unknown {
  const digits = text.trim();
  return /^[+-]?\d{1,20}$/.test(digits) ? Number(digits) : text;
}

function isTimestamp(schema: z.core.$ZodType | undefined): boolean {
  return schema instanceof z.ZodType && schema.meta()?.['lexical'] === 'timestamp';
}
