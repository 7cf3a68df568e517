import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Level } from '../routes.ts';
import { S3Error } from '../s3-error.ts';
import type { Call, S3Context } from './call.ts';
import { takeApart } from './presigned.ts';
import { parseTarget } from './target.ts';

/** Bytes of UTF-8. Source: "Naming Amazon S3 objects", User Guide. */
const LONGEST_KEY = 1024;
/** Most bytes that a character of a JavaScript string takes in UTF-8. */
const WIDEST_CHARACTER = 3;

/** Works out what a request is about and whether it may be looked at at all. Throws the S3Error to answer with. */
export function prepareCall(
  context: S3Context,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): { readonly call: Call; readonly level: Level } {
  const target = parseTarget(request.url ?? '/', request.headers.host);
  const { bucket = '', key = '' } = target;
  if (key.length * WIDEST_CHARACTER > LONGEST_KEY) checkKey(key);
  const { query, headers } = merge(request, target.query);
  checkOwner(context, headers);
  const level = key !== '' ? 'object' : bucket !== '' ? 'bucket' : 'service';
  return { call: { context, request, response, requestId, bucket, key, query, headers }, level };
}

function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= LONGEST_KEY) return;
  throw new S3Error('KeyTooLongError', undefined, { Size: String(size), MaxSizeAllowed: String(LONGEST_KEY) });
}

function merge(request: IncomingMessage, query: ReadonlyMap<string, string>): Pick<Call, 'query' | 'headers'> {
  // Node joins the values of a header into one, save for Set-Cookie, which no request has.
  const headers = request.headers as Record<string, string | undefined>;
  if (query.size === 0) return { query, headers };
  const presigned = takeApart(query);
  return { query: presigned.query, headers: { ...presigned.headers, ...headers } };
}

function checkOwner({ identity }: S3Context, headers: Call['headers']): void {
  for (const name of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']) {
    const expected = headers[name];
    if (expected !== undefined && expected !== identity.account) throw new S3Error('AccessDenied');
  }
}
