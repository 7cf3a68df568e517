import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Connections } from '../../../core/signed-http/connections.ts';
import { exchange } from '../../../core/signed-http/exchange.ts';
import { ScriptedServer, type Step } from './scripted-server.ts';

const OK = { status: 200, body: 'ok' } as const;

describe('connections', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });

  function connections(maxSockets: number): Connections {
    const made = new Connections({ maxSockets });
    open.push(made);
    return made;
  }

  async function server(...steps: Step[]): Promise<ScriptedServer> {
    const made = await ScriptedServer.start(...steps);
    open.push(made);
    return made;
  }

  function send(method: string, pool: Connections, origin: string, signal = new AbortController().signal) {
    const request = { origin, method, path: '/', headers: {}, timeout: 5_000, maxBodyBytes: 1000 };
    return exchange(pool, request, signal);
  }

  function get(pool: Connections, origin: string, signal?: AbortSignal) {
    return send('GET', pool, origin, signal);
  }

  test('are used again', async () => {
    const host = await server(OK);
    const pool = connections(8);
    for (let i = 0; i < 5; i++) await get(pool, host.origin);
    expect(new Set(host.requests.map(({ socket }) => socket)).size).toBe(1);
  });

  test('are used again after a HEAD: a handshake for each would cost more than the request', async () => {
    const host = await server(OK);
    const pool = connections(8);
    for (const method of ['HEAD', 'HEAD', 'GET', 'HEAD']) {
      expect(await send(method, pool, host.origin)).toMatchObject({ status: 200, body: method === 'GET' ? 'ok' : '' });
    }
    expect(new Set(host.requests.map(({ socket }) => socket)).size).toBe(1);
  });

  test('on which a HEAD is answered with a body give nothing of it to the next request', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nodd!',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ];
    const odd = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => socket.write(answers[bytes.toString().startsWith('HEAD') ? 0 : 1] ?? ''));
    });
    odd.listen(0, '127.0.0.1');
    await once(odd, 'listening');
    const pool = connections(1);
    const origin = `http://127.0.0.1:${(odd.address() as AddressInfo).port}`;
    try {
      for (let round = 0; round < 3; round++) {
        expect(await send('HEAD', pool, origin)).toMatchObject({ status: 200, body: '' });
        expect(await get(pool, origin)).toMatchObject({ status: 200, body: 'ok' });
      }
    } finally {
      await pool.close();
      await new Promise((resolve) => odd.close(resolve));
    }
  });

  test('are never more than allowed, over all hosts, and every request is answered', async () => {
    const pool = connections(4);
    let now = 0;
    let peak = 0;
    const hosts = await Promise.all(
      [1, 2, 3].map(() =>
        server((_, response) => {
          peak = Math.max(peak, ++now);
          setImmediate(() => {
            now--;
            response.end('ok');
          });
        }),
      ),
    );
    const origins = Array.from({ length: 60 }, (_, index) => hosts[index % 3]!.origin);
    const answers = await Promise.all(origins.map((origin) => get(pool, origin)));
    expect(answers.map(({ body }) => body)).toEqual(origins.map(() => 'ok'));
    expect(peak).toBeLessThanOrEqual(4);
    expect(pool.size).toBeLessThanOrEqual(4);
  });

  test('of the host used least recently are closed first', async () => {
    const pool = connections(2);
    const [first, second, third] = await Promise.all([server(OK), server(OK), server(OK)]);
    await get(pool, first.origin);
    await get(pool, second.origin);
    await get(pool, first.origin);
    await get(pool, third.origin);
    await get(pool, first.origin);
    expect(new Set(first.requests.map(({ socket }) => socket)).size).toBe(1);
    await get(pool, second.origin);
    expect(new Set(second.requests.map(({ socket }) => socket)).size).toBe(2);
    expect(pool.size).toBe(2);
  });

  test('free a waiting request that is given up, and serve the next', async () => {
    const answers: (() => void)[] = [];
    const host = await server((_, response) => answers.push(() => response.end('ok')));
    const pool = connections(1);
    const held = get(pool, host.origin);
    const giveUp = new AbortController();
    const given = get(pool, host.origin, giveUp.signal);
    const next = get(pool, host.origin);
    giveUp.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    while (answers.length === 0) await new Promise(setImmediate);
    answers.shift()?.();
    expect((await held).body).toBe('ok');
    while (answers.length === 0) await new Promise(setImmediate);
    answers.shift()?.();
    expect((await next).body).toBe('ok');
    expect(host.requests).toHaveLength(2);
  });

  test('that were closed give no more', async () => {
    const pool = connections(1);
    await pool.close();
    await expect(get(pool, 'http://127.0.0.1:1')).rejects.toThrow('closed');
  });

  test('read no more of an answer than was asked for', async () => {
    const host = await server({ status: 200, body: 'é'.repeat(100_000) });
    const answer = await get(connections(1), host.origin);
    expect(answer).toMatchObject({ status: 200, truncated: true });
    expect(Buffer.byteLength(answer.body)).toBeLessThanOrEqual(1000);
  });
});
