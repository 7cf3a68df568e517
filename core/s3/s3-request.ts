import { createHash } from 'node:crypto';
import { sha256 } from '../signed-http/signature.ts';
import type { Body } from '../signed-http/signed-call.ts';
import type { Query } from '../signed-http/uri-encoding.ts';

/** An object, and the version of it: the current one where none is named. */
export interface S3Object {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId?: string;
}

/** One request to S3, before it has a host and a signature. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  /** The object's key, decoded; left out for a request to the bucket. */
  readonly key?: string;
  readonly versionId?: string | undefined;
  readonly query?: Query;
  /** Lower-case names; values of printable ASCII. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Whether S3 may answer this request with `200 OK` and an error document. */
  readonly errorIn200?: boolean;
  /** Milliseconds without an answer after which an attempt is given up, where S3 may take longer than usual. */
  readonly timeout?: number;
  /** Bytes of the answer that are read, where it may be longer than usual. */
  readonly maxBodyBytes?: number;
}

/** A body with what S3 wants to know about it, made once where many requests send the same. */
export interface XmlBody extends Body {
  readonly headers: Readonly<Record<string, string>>;
}

export const NO_BODY: Body = { bytes: Buffer.alloc(0), hash: sha256('') };

/**
 * An XML document as the body of a request that S3 wants a checksum with (`httpChecksumRequired` in its model:
 * PutObjectTagging, PutObjectAcl, PutObjectRetention, DeleteObjects and others). Content-MD5 is the one that every S3
 * and S3-compatible store takes.
 */
export function xmlBody(document: string): XmlBody {
  const bytes = Buffer.from(document);
  const md5 = createHash('md5').update(bytes).digest('base64');
  return { bytes, hash: sha256(bytes), headers: { 'content-md5': md5, 'content-type': 'application/xml' } };
}
