import { z } from 'zod';
import { bare } from '../validation/schema-walk.ts';

/** The namespace of S3 Control's documents (model 2018-08-20). Requests may have any or none. */
export const XML_NAMESPACE = 'http://awss3control.amazonaws.com/doc/2018-08-20/';

/** The element's name of a member: its own unless the schema's metadata has an `element` (`SSE-S3`). */
export function elementName(member: string, schema: z.core.$ZodType): string {
  return metadata(schema, 'element') ?? member;
}

/** The element's name of a list's items: `member` unless the list's metadata has an `item`. */
export function itemName(list: z.core.$ZodType): string {
  return metadata(list, 'item') ?? 'member';
}

function metadata(schema: z.core.$ZodType, name: string): string | undefined {
  const type = bare(schema);
  const value = type instanceof z.ZodType ? type.meta()?.[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
