import { z } from 'zod';
import { bare } from '../validation/schema-walk.ts';
import { elementName, itemName, XML_NAMESPACE } from './xml-names.ts';

/** A value as a document: the schema's members in the schema's order, absent ones left out, others never looked at. */
export function encodeXml(root: string, schema: z.core.$ZodType, value: unknown): string {
  return `${XML_DECLARATION}<${root} xmlns="${XML_NAMESPACE}">${content(bare(schema), value)}</${root}>`;
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An element around text. */
export function textElement(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function element(name: string, inside: string): string {
  return inside === '' ? `<${name}/>` : `<${name}>${inside}</${name}>`;
}

function content(schema: z.core.$ZodType, value: unknown): string {
  if (schema instanceof z.ZodObject && isRecord(value)) return members(schema, value);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const name = itemName(schema);
    const item = bare(schema.element);
    return value.map((each) => element(name, content(item, each))).join('');
  }
  if (schema instanceof z.ZodRecord && isRecord(value)) {
    return Object.entries(value)
      .map(([key, each]) => `<entry>${textElement('key', key)}${textElement('value', String(each))}</entry>`)
      .join('');
  }
  return escapeXml(String(value));
}

function members(schema: z.ZodObject, value: Record<string, unknown>): string {
  return Object.entries(schema.shape)
    .filter(([name]) => value[name] !== undefined)
    .map(([name, member]) => element(elementName(name, member), content(bare(member), value[name])))
    .join('');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader would turn it into a line feed (XML 1.0, section 2.11).
  '\r': '&#13;',
};

/**
 * Text as XML content. What XML 1.0 cannot carry even as a reference (most control characters, lone surrogates) is
 * shown as U+FFFD: requests with such text are refused, so it can only come from a manifest's bytes in a reason.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character);
}
