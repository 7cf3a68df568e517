/** A body that is not a document of its language, or not the document that was asked for. The message is for the caller. */
export class MalformedDocument extends Error {
  override readonly name = 'MalformedDocument';
}

/** Bytes of a request's body that are read at all: sixteen times what a job may take, for white space and escapes. */
export const BODY_BYTES_MAXIMUM = 1024 * 1024;

/**
 * The text of a body, a byte order mark left out.
 *
 * @throws MalformedDocument when it is too large or not UTF-8.
 */
export function bodyText(body: Uint8Array): string {
  if (body.byteLength > BODY_BYTES_MAXIMUM) {
    throw new MalformedDocument(
      `The body has ${body.byteLength} bytes; at most ${BODY_BYTES_MAXIMUM} are read. Large inputs belong in the manifest.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new MalformedDocument('The body is not valid UTF-8.');
  }
}
