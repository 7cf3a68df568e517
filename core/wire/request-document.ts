import type { z } from 'zod';
import { readJson } from './json-document.ts';
import type { Language } from './language.ts';
import { bodyText, MalformedDocument } from './malformed-document.ts';
import { decodeXml } from './xml-decode.ts';
import { readXml } from './xml-reader.ts';

export interface DocumentForm {
  /** Name of the XML root. */
  readonly root: string;
  readonly schema: z.core.$ZodType;
  /** Members that belong to the header or the path; JSON made by the SDKs' rules has them in the document as well. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

/**
 * A request's body as a value in the schema's form, not yet validated.
 *
 * @throws MalformedDocument.
 */
export function readDocument(language: Language, body: Uint8Array, form: DocumentForm): unknown {
  const text = bodyText(body);
  if (text.trim() === '') {
    const example = language === 'json' ? 'a JSON object' : `an XML document with the root ${form.root}`;
    throw new MalformedDocument(`The body is empty: it must be ${example}.`);
  }
  return language === 'json' ? readJsonForm(text, form) : readXmlForm(text, form);
}

function readXmlForm(text: string, { root, schema }: DocumentForm): unknown {
  const element = readXml(text);
  if (element.name !== root) {
    throw new MalformedDocument(`The root of the document is ${element.name}, but must be ${root}.`);
  }
  return decodeXml(element, schema);
}

function readJsonForm(text: string, { elsewhere }: DocumentForm): unknown {
  const value = readJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedDocument('The body must be a JSON object.');
  }
  return Object.fromEntries(
    Object.entries(value).filter(([name, member]) => {
      const known = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
      if (known !== undefined && member !== known) {
        throw new MalformedDocument(`${name} in the body is not the ${name} of the request, ${known}.`);
      }
      return known === undefined;
    }),
  );
}
