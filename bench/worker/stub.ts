import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { answerLines, cpuSeconds, say } from '../support/answering.ts';
import { type Answered, answerTo } from './stub-answers.ts';

/**
 * An S3 that answers at once, always the same, and reads no more of a request than where it ends: as little CPU as
 * Node allows, so that those who ask are what is measured.
 */
const END = Buffer.from('\r\n\r\n');
const LENGTH_NAMES = [Buffer.from('\r\ncontent-length: '), Buffer.from('\r\nContent-Length: ')];
const NOTHING = Buffer.alloc(0);

const requests: Record<Answered, number> = { tag: 0, copy: 0, delete: 0, 'delete-batched': 0, other: 0 };

function serve(socket: Socket): void {
  let rest: Buffer = NOTHING;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let size = sizeOf(bytes); size !== undefined; size = sizeOf(bytes)) {
      const request = bytes.subarray(0, size);
      bytes = bytes.subarray(size);
      const { what, answer } = answerTo(request);
      requests[what] += 1;
      socket.write(answer);
    }
    rest = bytes;
  });
}

/** Bytes of the first request; undefined while it has not come whole. */
function sizeOf(bytes: Buffer): number | undefined {
  if (bytes.length === 0) return undefined;
  const end = bytes.indexOf(END);
  if (end < 0) return undefined;
  const size = end + END.length + contentLength(bytes, end);
  return size <= bytes.length ? size : undefined;
}

function contentLength(bytes: Buffer, end: number): number {
  for (const name of LENGTH_NAMES) {
    const at = bytes.indexOf(name);
    if (at < 0 || at >= end) continue;
    let length = 0;
    for (let index = at + name.length; ; index += 1) {
      const digit = (bytes[index] ?? 0) - 48;
      if (digit < 0 || digit > 9) return length;
      length = length * 10 + digit;
    }
  }
  return 0;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const [key, certificate] = process.argv.slice(2);
const http = `http://127.0.0.1:${await listen(createServer(serve))}`;
const https =
  key === undefined || certificate === undefined
    ? undefined
    : `https://127.0.0.1:${await listen(createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, serve))}`;
say({ http, https });
await answerLines(() => ({ cpuSeconds: cpuSeconds(), requests }));
