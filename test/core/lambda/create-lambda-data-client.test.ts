import { Sha256 } from '@aws-crypto/sha256-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import {
  createLambdaDataClient,
  type LambdaDataClientOptions,
} from '../../../core/lambda/create-lambda-data-client.ts';
import { Connections } from '../../../core/signed-http/connections.ts';
import { ScriptedServer, type Step } from '../signed-http/scripted-server.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:resize:live';
const CREDENTIALS = { accessKeyId: 'AKIDONE', secretAccessKey: 'secret' };
const OK: Step = { status: 200, body: '{"fine":true}' };

const never = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function rig(steps: readonly Step[], options: Partial<LambdaDataClientOptions> = {}) {
  const server = await ScriptedServer.start(...steps);
  const connections = new Connections();
  open.push(connections, server);
  const clock = new VirtualClock();
  const client = createLambdaDataClient({
    credentials: async () => CREDENTIALS,
    region: 'us-east-1',
    endpoint: server.origin,
    connections,
    clock,
    ...options,
  });
  return { client, server, clock };
}

/** Lambda's error answer. */
function refusal(status: number, type: string): Step {
  return {
    status,
    headers: { 'x-amzn-errortype': type },
    body: JSON.stringify({ Type: 'User', Message: `Said ${type}` }),
  };
}

describe('an invocation', () => {
  test('goes to the function, signed for its Region', async () => {
    const { client, server } = await rig([OK]);
    expect(await client.invoke(ARN, '{"é":1}', never)).toEqual({ ok: true, payload: '{"fine":true}' });
    const [seen] = server.requests;
    const path = `/2015-03-31/functions/${encodeURIComponent(ARN)}/invocations`;
    expect(seen).toMatchObject({ method: 'POST', url: path, body: '{"é":1}' });
    expect(seen?.headers['x-amz-invocation-type']).toBe('RequestResponse');
    const signer = new SignatureV4({
      service: 'lambda',
      region: 'eu-west-1',
      credentials: CREDENTIALS,
      sha256: Sha256,
    });
    const names = /SignedHeaders=([^,]+)/.exec(seen?.headers.authorization ?? '')?.[1]?.split(';') ?? [];
    const headers = Object.fromEntries(names.map((name) => [name, String(seen?.headers[name])]));
    const signed = await signer.sign(
      { method: 'POST', protocol: 'http:', hostname: '', path, query: {}, headers, body: seen?.body },
      { signingDate: new Date('2026-11-23T12:00:00Z') },
    );
    expect(seen?.headers.authorization).toBe(signed.headers.authorization);
  });

  test('by name goes to the client’s own Region', async () => {
    const { client, server } = await rig([OK]);
    await client.invoke('resize', '{}', never);
    expect(server.requests[0]).toMatchObject({ url: '/2015-03-31/functions/resize/invocations' });
    expect(server.requests[0]?.headers.authorization).toContain('/us-east-1/lambda/');
  });

  test('whose function failed is an answer', async () => {
    const step: Step = {
      status: 200,
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: '{"errorMessage":"boom"}',
    };
    const { client } = await rig([step]);
    const reply = { ok: true, payload: '{"errorMessage":"boom"}', functionError: 'Unhandled' };
    expect(await client.invoke(ARN, '{}', never)).toEqual(reply);
  });

  test('takes answers of 6 MB', async () => {
    const { client } = await rig([{ status: 200, body: 'x'.repeat(6 * 1024 * 1024) }]);
    const reply = await client.invoke(ARN, '{}', never);
    expect(reply.ok && reply.payload.length).toBe(6 * 1024 * 1024);
  });

  test.each<[number, string, Step]>([
    [404, 'ResourceNotFoundException', refusal(404, 'ResourceNotFoundException:http://internal.amazon.com/')],
    [403, 'AccessDeniedException', refusal(403, 'AccessDeniedException')],
    [413, 'RequestTooLargeException', refusal(413, 'RequestTooLargeException')],
    [400, 'InvalidParameterValueException', refusal(400, 'InvalidParameterValueException')],
    [404, 'UnknownThing', { status: 404, body: '{"__type":"com.amazonaws#UnknownThing","message":"Said it"}' }],
    [404, 'NotFound', { status: 404, body: '<html>' }],
  ])('that is refused (%i %s) is a value, at once', async (httpStatus, code, step) => {
    const { client, server } = await rig([step]);
    const message = expect.any(String);
    expect(await client.invoke(ARN, '{}', never)).toEqual({ ok: false, httpStatus, code, message });
    expect(server.requests).toHaveLength(1);
  });

  test('that is throttled is made until it is not', async () => {
    const throttled = refusal(429, 'TooManyRequestsException');
    const { client, server, clock } = await rig([...Array.from({ length: 20 }, () => throttled), OK]);
    expect(await client.invoke(ARN, '{}', never)).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(21);
    expect(Math.max(...clock.sleeps)).toBe(15_000);
  });

  test("that is throttled for five minutes is not the task's trouble but the job's", async () => {
    const throttled = refusal(429, 'TooManyRequestsException');
    const { client } = await rig(Array.from({ length: 200 }, () => throttled));
    await expect(client.invoke(ARN, '{}', never)).rejects.toMatchObject({ name: 'JobTrouble', code: 'Throttled' });
  });

  test('that is throttled ends when it is given up', async () => {
    const { client, clock } = await rig([refusal(429, 'TooManyRequestsException')]);
    const giveUp = new AbortController();
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (milliseconds, signal) => {
      if (clock.sleeps.length === 20) giveUp.abort(new Error('time is up'));
      await sleep(milliseconds, signal);
    };
    await expect(client.invoke(ARN, '{}', giveUp.signal)).rejects.toThrow('time is up');
  });

  test.each([
    ['500', refusal(500, 'ServiceException')],
    ['502', refusal(502, 'EC2UnexpectedException')],
    ['a function that is being made', refusal(409, 'ResourceConflictException')],
    ['a lost connection', 'reset' as const],
  ])('that met %s is made again, for a while', async (_, step) => {
    const { client } = await rig([step, step, OK]);
    expect(await client.invoke(ARN, '{}', never)).toMatchObject({ ok: true });
    const { client: hopeless, server } = await rig([step]);
    expect(await hopeless.invoke(ARN, '{}', never)).toMatchObject({ ok: false });
    expect(server.requests).toHaveLength(8);
  });

  test.each(['UnrecognizedClientException', 'ExpiredTokenException', 'InvalidSignatureException'])(
    'with credentials that are refused (%s) is the trouble of the whole job',
    async (type) => {
      const { client } = await rig([refusal(403, type)]);
      await expect(client.invoke(ARN, '{}', never)).rejects.toMatchObject({ code: 'CredentialsRefused' });
    },
  );

  test('whose signature is said to be of another time takes the service’s', async () => {
    const step: Step = ({ headers }, response) => {
      response.setHeader('date', 'Mon, 23 Nov 2026 13:00:00 GMT');
      if (String(headers['x-amz-date']).startsWith('20261123T13')) return response.end('{}');
      response.writeHead(403, { 'x-amzn-errortype': 'InvalidSignatureException' });
      return response.end('{"message":"Signature expired: 20261123T120000Z is now earlier than 20261123T125500Z"}');
    };
    const { client } = await rig([step]);
    expect(await client.invoke(ARN, '{}', never)).toMatchObject({ ok: true });
  });
});
