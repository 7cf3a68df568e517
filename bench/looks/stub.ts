import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerLines, cpuSeconds, say } from '../support/answering.ts';

/** A bucket in a process of its own that answers HEAD and GetObjectTagging as late as it is told, always the same. */
let latency = 0;
let [busy, most] = [0, 0];

const HEAD = {
  'content-length': '4096',
  'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT',
  etag: '"0cc175b9c0f1b6a831c399e269772661"',
  'x-amz-server-side-encryption': 'AES256',
};
const TAGS = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?>\n<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>team</Key><Value>atlas</Value></Tag></TagSet></Tagging>',
);

const server = createServer((request, response) => {
  busy += 1;
  most = Math.max(most, busy);
  setTimeout(() => {
    busy -= 1;
    if (request.method === 'HEAD') response.writeHead(200, HEAD).end();
    else response.writeHead(200, { 'content-type': 'application/xml', 'content-length': TAGS.length }).end(TAGS);
  }, latency);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => say({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));

await answerLines<{ readonly latency: number }>((told) => {
  const before = most;
  latency = told.latency;
  most = 0;
  return { most: before, cpuSeconds: cpuSeconds() };
});
