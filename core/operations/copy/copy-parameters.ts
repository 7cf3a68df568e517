import type { z } from 'zod';
import type { PARAMETERS } from '../schema.ts';

/** What S3PutObjectCopy and Move are asked, each with what Drover adds to it. */
export type CopyParameters = z.infer<typeof PARAMETERS.S3PutObjectCopy>;

export type ObjectMetadata = NonNullable<CopyParameters['NewObjectMetadata']>;

export type Grants = NonNullable<CopyParameters['AccessControlGrants']>;

/** The headers of an object's system metadata that its owner sets, by the members that ask for them. */
const CONTENT_HEADERS = {
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentType: 'content-type',
} as const satisfies Partial<Record<keyof ObjectMetadata, string>>;

/** Those headers' names, `expires` included. Source: "Working with object metadata", S3 User Guide. */
export const CONTENT_HEADER_NAMES: readonly string[] = [...Object.values(CONTENT_HEADERS), 'expires'];

/** The members of system metadata that are asked for. */
export function contentMembers(
  metadata: ObjectMetadata,
): { readonly member: string; readonly header: string; readonly value: string }[] {
  return Object.entries(CONTENT_HEADERS).flatMap(([member, header]) => {
    const value = metadata[member as keyof typeof CONTENT_HEADERS];
    return value === undefined ? [] : [{ member, header, value }];
  });
}

/**
 * Whether metadata is asked for: an algorithm of encryption is none, though S3's model has it among them, nor is an
 * empty map.
 */
export function asksForMetadata(metadata: ObjectMetadata | undefined): boolean {
  if (metadata === undefined) return false;
  const { UserMetadata = {}, HttpExpiresDate } = metadata;
  return contentMembers(metadata).length > 0 || Object.keys(UserMetadata).length > 0 || HttpExpiresDate !== undefined;
}

/** Whether the copies get metadata of their own; else they keep the sources'. */
export function replacesMetadata({ MetadataDirective, NewObjectMetadata }: CopyParameters): boolean {
  return (MetadataDirective ?? (asksForMetadata(NewObjectMetadata) ? 'REPLACE' : 'COPY')) === 'REPLACE';
}

/** What server-side encryption is asked for; undefined leaves it to the target bucket's default. */
export function encryptionOf(parameters: CopyParameters): 'AES256' | 'aws:kms' | undefined {
  const algorithm = parameters.NewObjectMetadata?.SSEAlgorithm;
  if (algorithm === 'AES256') return 'AES256';
  return algorithm === 'KMS' || parameters.SSEAwsKmsKeyId !== undefined ? 'aws:kms' : undefined;
}
