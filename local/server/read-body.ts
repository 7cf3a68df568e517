import type { IncomingMessage } from 'node:http';

/**
 * The whole body of a request, or undefined when it is larger than `limit` bytes (the rest is then read and thrown
 * away, so that the client gets to read the answer). Rejects when the client hangs up.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) {
      chunks.push(chunk);
    } else {
      chunks.length = 0;
    }
  }
  return length > limit ? undefined : Buffer.concat(chunks, length);
}
