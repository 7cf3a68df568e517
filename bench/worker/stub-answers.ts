/** What a request to the stub was taken for. */
export type Answered = 'tag' | 'copy' | 'delete' | 'delete-batched' | 'other';

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const TAGGED = { what: 'tag', answer: rendered('200 OK') } as const;
const DELETED = { what: 'delete', answer: rendered('204 No Content') } as const;
const COPIED = {
  what: 'copy',
  answer: rendered(
    '200 OK',
    `${XML}<CopyObjectResult ${NAMESPACE}><LastModified>2026-11-01T12:00:00.000Z</LastModified><ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag></CopyObjectResult>`,
  ),
} as const;
/** A HEAD, and whatever else an operation asks first: an object of a few bytes. */
const OTHER = {
  what: 'other',
  answer: rendered('200 OK', '', [
    'Last-Modified: Sun, 01 Nov 2026 12:00:00 GMT',
    'ETag: "0cc175b9c0f1b6a831c399e269772661"',
    'Accept-Ranges: bytes',
    'Content-Type: image/jpeg',
  ]),
} as const;

const COPY_SOURCE = Buffer.from('x-amz-copy-source: ');
const DELETE_BODY = Buffer.from('<Delete');

/** The canned answer to a request, told by its first letters and what little else is needed. */
export function answerTo(request: Buffer): { readonly what: Answered; readonly answer: Buffer } {
  const first = request[0];
  if (first === 0x44) return DELETED; // DELETE
  if (first !== 0x50) return OTHER; // neither PUT nor POST
  if (request[1] === 0x4f) return { what: 'delete-batched', answer: deleteResult(request) };
  return request.indexOf(COPY_SOURCE) < 0 ? TAGGED : COPIED;
}

/** DeleteObjects names each key that it deleted, unless it is asked to be quiet. */
function deleteResult(request: Buffer): Buffer {
  const body = request.subarray(request.indexOf(DELETE_BODY)).toString('latin1');
  const keys = body.includes('<Quiet>true') ? [] : (body.match(/<Key>[^<]*<\/Key>/g) ?? []);
  const deleted = keys.map((key) => `<Deleted>${key}</Deleted>`).join('');
  return rendered('200 OK', `${XML}<DeleteResult ${NAMESPACE}>${deleted}</DeleteResult>`);
}

/** With the headers that S3 sends. */
function rendered(status: string, body = '', headers: readonly string[] = []): Buffer {
  const lines = [
    `HTTP/1.1 ${status}`,
    'x-amz-id-2: eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran0123456789ABCDEFGHIJ=',
    'x-amz-request-id: 318BC8BC148832E5',
    'Date: Sun, 01 Nov 2026 12:00:00 GMT',
    ...headers,
    ...(body === '' ? [] : ['Content-Type: application/xml']),
    'Server: AmazonS3',
    ...(status.startsWith('204') ? [] : [`Content-Length: ${body.length}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}
