import { createHash } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';
import { contend, inParallel } from './contender.ts';
import { BATCH, BUCKET, keyOf, TAGS, TARGET_BUCKET, TARGET_PREFIX, type TaskKind } from './scenario.ts';

/**
 * The limit: undici's own `dispatch` (cheaper than its `request`) with requests that are not signed, from a list of
 * keys that lies there, and answers that nobody looks into.
 */
const KEYS = Array.from({ length: 20_000 }, (_, n) => keyOf(n));
const tags = TAGS.map(({ Key, Value }) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`).join('');
const TAGGING = Buffer.from(
  `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${tags}</TagSet></Tagging>`,
);
const objects = KEYS.slice(0, BATCH).map((key) => `<Object><Key>${key}</Key></Object>`);
const DELETE = Buffer.from(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${objects.join('')}</Delete>`);

const pools = new Map<string, Pool>();

function poolOf(origin: string, connections: number): Pool {
  const name = `${origin} ${connections}`;
  const pool = pools.get(name) ?? new Pool(origin, { connections, pipelining: 1 });
  pools.set(name, pool);
  return pool;
}

function requestOf(kind: TaskKind, n: number): Dispatcher.DispatchOptions {
  const key = KEYS[n % KEYS.length] ?? '';
  switch (kind) {
    case 'tag':
      return { method: 'PUT', path: `/${BUCKET}/${key}?tagging`, headers: headersOf(TAGGING), body: TAGGING };
    case 'copy': {
      const headers = { 'x-amz-copy-source': `${BUCKET}/${key}` };
      return { method: 'PUT', path: `/${TARGET_BUCKET}/${TARGET_PREFIX}/${key}`, headers };
    }
    case 'delete':
      return { method: 'DELETE', path: `/${BUCKET}/${key}` };
    case 'delete-batched':
      return { method: 'POST', path: `/${BUCKET}?delete`, headers: headersOf(DELETE), body: DELETE };
  }
}

const known = new Map<Buffer, Record<string, string>>();

function headersOf(body: Buffer): Record<string, string> {
  const md5 = () => createHash('md5').update(body).digest('base64');
  const headers = known.get(body) ?? { 'content-md5': md5(), 'content-type': 'application/xml' };
  known.set(body, headers);
  return headers;
}

function exchange(pool: Pool, options: Dispatcher.DispatchOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    pool.dispatch(options, {
      onRequestStart: () => undefined,
      onResponseStart: (_, code) => {
        status = code;
      },
      onResponseData: () => undefined,
      onResponseEnd: () => resolve(status),
      onResponseError: (_, error) => reject(error),
    });
  });
}

await contend(async ({ kind, concurrency }, origin, until) => {
  const pool = poolOf(origin, concurrency);
  const requests = await inParallel(concurrency, until, async (n) => {
    const status = await exchange(pool, requestOf(kind, n));
    if (status >= 300) throw new Error(`the stub answered ${status}`);
  });
  return { requests, tasks: kind === 'delete-batched' ? requests * BATCH : requests };
});
