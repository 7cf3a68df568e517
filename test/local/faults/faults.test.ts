import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../local/faults/fault-injector.ts';
import { type FaultRule, parseFaultRules } from '../../../local/faults/fault-rules.ts';

let injector: FaultInjector;
let server: Server;
let served: string[];

beforeEach(async () => {
  injector = new FaultInjector();
  served = [];
  server = createServer(async (request, response) => {
    response.on('error', () => {});
    const service = String(request.headers['service'] ?? 's3');
    if (await injector.meet(service, request, response)) return;
    served.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(200).end('done');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What a request comes to: its status, its body's beginning, or that the connection was reset. */
async function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<string> {
  const { port } = server.address() as AddressInfo;
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
    return `${answer.status} ${(await answer.text()).replace(/^<\?xml.*\?>\n/, '')}`;
  } catch (error) {
    return String((error as { cause?: { code?: string } }).cause?.code);
  }
}

const rules = (...list: FaultRule[]): void => injector.set({ rules: list });
const SLOW_DOWN = { status: 503, code: 'SlowDown' };

describe('a rule', () => {
  test('answers instead of the service, in the form of its protocol', async () => {
    rules({ error: SLOW_DOWN });
    expect(await ask('/b/k')).toMatch(/^503 <Error><Code>SlowDown<\/Code>/);
    expect(await ask('/', 'POST', { service: 'dynamodb' })).toMatch(/^503 {"__type":"SlowDown"/);
    expect(served).toEqual([]);
  });

  test.each<[string, FaultRule, string, string[]]>([
    ['a service', { service: 'dynamodb', error: SLOW_DOWN }, '/b/k', ['GET /b/k']],
    ['a path', { path: '/other/', error: SLOW_DOWN }, '/b/k', ['GET /b/k']],
    ['a method', { call: 'PUT', error: SLOW_DOWN }, '/b/k?tagging', ['GET /b/k?tagging']],
    ['a subresource', { call: 'GET acl', error: SLOW_DOWN }, '/b/k?tagging', ['GET /b/k?tagging']],
    ['a call', { call: 'GET tagging', error: SLOW_DOWN }, '/b/k?versionId=v&tagging=', []],
    ['a method with any subresource', { call: 'GET', error: SLOW_DOWN }, '/b/k?tagging', []],
  ])('holds for %s only', async (_, rule, path, expected) => {
    rules(rule);
    await ask(path);
    expect(served).toEqual(expected);
  });

  test('knows an action of a service that speaks JSON', async () => {
    rules({ call: 'UpdateItem', error: SLOW_DOWN });
    expect(await ask('/', 'POST', { 'x-amz-target': 'DynamoDB_20120810.UpdateItem' })).toMatch(/^503/);
    expect(await ask('/', 'POST', { 'x-amz-target': 'DynamoDB_20120810.GetItem' })).toMatch(/^200/);
  });

  test('resets before the service sees the request, or after it did its work', async () => {
    rules({ path: '/before', reset: 'before' }, { path: '/after', reset: 'after' });
    expect(await ask('/before')).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(await ask('/after')).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(served).toEqual(['GET /after']);
  });

  test('happens so many times, and is counted', async () => {
    rules({ times: 2, error: SLOW_DOWN });
    const statuses = [await ask('/1'), await ask('/2'), await ask('/3')].map((answer) => answer.slice(0, 3));
    expect(statuses).toEqual(['503', '503', '200']);
    expect(injector.counts()).toEqual([{ times: 2, error: SLOW_DOWN, happened: 2 }]);
  });

  test('happens to its share, the same requests for the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      injector.set({ seed, rules: [{ share: 0.25, error: SLOW_DOWN }] });
      const answers: string[] = [];
      for (let n = 0; n < 200; n += 1) answers.push((await ask('/')).slice(0, 3));
      return answers.join();
    };
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
    const share = first.split(',').filter((status) => status === '503').length / 200;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });
});

test('a rule crashes the whole cloud, before the service sees the request', async () => {
  let crashes = 0;
  injector = new FaultInjector(() => {
    crashes += 1;
  });
  rules({ path: '/b', crash: true, times: 1 });
  await ask('/a');
  expect(crashes).toBe(0);
  await ask('/b');
  await ask('/b');
  expect(crashes).toBe(1);
});

test.each([
  ['{', 'f.json is not JSON'],
  ['{"rules": [{"share": 2, "reset": "before"}]}', 'rules[0].share'],
  ['{"rules": [{"share": 0.5}]}', 'a rule for requests needs latency, error, reset or crash'],
  ['{"rules": [{"crash": true, "reset": "before"}]}', 'a rule has one of error, reset and crash'],
  ['{"rules": [{"function": "worker"}]}', 'a rule for functions needs one of invocation, event and kill'],
  ['{"rules": [{"function": "worker", "kill": {}}]}', 'rules[0].kill'],
  ['{"rules": [{"function": "worker", "latency": 5}]}', 'latency'],
  ['{"rules": [{"index": "ListJobs"}]}', 'rules[0].lag'],
  ['{"rules": [{"colour": 1, "latency": 5}]}', 'colour'],
  ['{}', 'rules'],
])('rules that are none are refused: %s', (text, message) => {
  expect(() => parseFaultRules(text, 'f.json')).toThrow(message);
});
