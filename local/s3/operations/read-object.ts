import { pipeline } from 'node:stream/promises';
import { refuseIfArchived, restoreHeader } from '../protocol/archive.ts';
import type { Call } from '../protocol/call.ts';
import { evaluateRead } from '../protocol/conditions.ts';
import { refuseEncryptionHeaders } from '../protocol/encryption-headers.ts';
import { checksumHeaders, describeObject } from '../protocol/object-headers.ts';
import { type ByteRange, parseRange } from '../protocol/range.ts';
import { baseHeaders, type Headers, sendEmpty } from '../protocol/respond.ts';
import { invalidArgument, S3Error } from '../s3-error.ts';
import type { ComposedPart, ObjectContent, StoredChecksum } from '../storage/records.ts';
import { type FoundObject, findObject, untilBodyStays, versionHeader } from './find-object.ts';

/** Query parameters that put a header of the answer in place of the object's own. */
export const RESPONSE_OVERRIDES = [
  'response-content-type',
  'response-content-language',
  'response-expires',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
] as const;

interface Answer {
  readonly status: 200 | 206;
  readonly headers: Headers;
  readonly range: ByteRange;
}

export async function getObject(call: Call): Promise<void> {
  const sending = await untilBodyStays(async () => {
    const found = await findObject(call);
    refuseIfArchived(call.context, found.content);
    const answer = plan(call, found);
    if (answer === undefined) return undefined;
    const { start, end } = answer.range;
    return { ...answer, bytes: await call.context.bodies.read(found.content.body, start, end) };
  });
  if (sending === undefined) return;
  call.response.writeHead(sending.status, sending.headers);
  if (Buffer.isBuffer(sending.bytes)) call.response.end(sending.bytes);
  else await pipeline(sending.bytes, call.response);
}

export async function headObject(call: Call): Promise<void> {
  const answer = await untilBodyStays(async () => plan(call, await findObject(call)));
  if (answer !== undefined) call.response.writeHead(answer.status, answer.headers).end();
}

/** What to answer; undefined if it has been answered already (304). */
function plan(call: Call, { record, content }: FoundObject): Answer | undefined {
  const { headers } = call;
  refuseEncryptionHeaders(call);
  const described = {
    ...describeObject(content, record.modified),
    ...versionHeader(call, record.versionId),
    ...restoreHeader(call.context, content),
  };
  const conditions = {
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
    ifUnmodifiedSince: headers['if-unmodified-since'],
  };
  if (evaluateRead(conditions, { etag: content.etag, modified: record.modified }) === 'not modified') {
    sendEmpty(call, 304, { etag: `"${content.etag}"`, 'last-modified': new Date(record.modified).toUTCString() });
    return undefined;
  }
  const { size } = content.body;
  const partNumber = call.query.get('partNumber');
  const part = partNumber === undefined ? undefined : findPart(call, content, partNumber);
  const asked = part === undefined ? parseRange(headers.range, size) : part.range;
  const range = asked ?? { start: 0, end: size };
  return {
    status: asked === undefined ? 200 : 206,
    range,
    headers: {
      ...baseHeaders(call.requestId),
      ...described,
      ...overrides(call),
      ...(headers['x-amz-checksum-mode'] === 'ENABLED' && checksumOf(content, range, part)),
      ...(asked !== undefined && size > 0 && { 'content-range': `bytes ${range.start}-${range.end - 1}/${size}` }),
      ...(partNumber !== undefined && content.partCount !== undefined && { 'x-amz-mp-parts-count': content.partCount }),
      'content-length': range.end - range.start,
    },
  };
}

/** A checksum of the whole says nothing of a range, but a part has one of its own. */
function checksumOf(content: ObjectContent, { start, end }: ByteRange, part: FoundPart | undefined): Headers {
  if (content.partCount === undefined || part === undefined) {
    return start === 0 && end === content.body.size ? checksumHeaders(content) : {};
  }
  const { checksum } = part;
  return checksumHeaders(
    checksum && content.checksum ? { checksum: { ...checksum, type: content.checksum.type } } : {},
  );
}

interface FoundPart {
  readonly range: ByteRange;
  readonly checksum?: StoredChecksum | undefined;
}

function findPart(call: Call, content: ObjectContent, partNumber: string): FoundPart {
  const number = Number(partNumber);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument('partNumber', partNumber, 'Part number must be an integer between 1 and 10000, inclusive');
  }
  if (call.headers.range !== undefined) {
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const parts: readonly Omit<ComposedPart, 'number'>[] =
    content.partCount === undefined ? [{ body: content.body }] : call.context.bodies.partsOf(content.body);
  const part = parts[number - 1];
  if (part === undefined) {
    throw new S3Error('InvalidPartNumber', undefined, {
      PartNumberRequested: partNumber,
      ActualPartCount: String(parts.length),
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, before) => sum + before.body.size, 0);
  return { range: { start, end: start + part.body.size }, checksum: part.checksum };
}

function overrides(call: Call): Headers {
  const headers: Headers = {};
  if (call.query.size === 0) return headers;
  for (const name of RESPONSE_OVERRIDES) {
    const value = call.query.get(name);
    if (value !== undefined) headers[name.slice('response-'.length)] = value;
  }
  return headers;
}
