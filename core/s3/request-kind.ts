import type { S3Request } from './s3-request.ts';

/** Subresources of objects that are as small for one object as for another. */
const SUBRESOURCES = ['tagging', 'acl', 'retention', 'legal-hold', 'restore', 'encryption'] as const;

/**
 * A name for requests that take S3 about as long for any object; undefined where the object's size decides: the bytes of
 * one are nothing to judge the next one's latency by.
 */
export function requestKind({ method, key, query, errorIn200 }: S3Request): string | undefined {
  if (key === undefined || errorIn200 === true) return undefined;
  if (method === 'HEAD') return method;
  if (query === undefined) return method === 'DELETE' ? method : undefined;
  const subresource = SUBRESOURCES.find((name) => name in query);
  return subresource === undefined ? undefined : `${method} ${subresource}`;
}
