import { createHash } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import {
  createS3DataClient,
  type S3Connection,
  type S3DataClientOptions,
} from '../../../core/s3/create-s3-data-client.ts';
import { putObjectTaggingRequest } from '../../../core/s3/requests/object-tagging.ts';
import { Connections } from '../../../core/signed-http/connections.ts';
import type { Credentials } from '../../../core/signed-http/credentials.ts';
import { ScriptedServer, type SeenRequest, type Step, s3Error } from '../signed-http/scripted-server.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';

const CREDENTIALS: Credentials = { accessKeyId: 'AKIDONE', secretAccessKey: 'secret', sessionToken: 'token' };
const OBJECT = { bucket: 'photos', key: 'a/../b//c.jpg', versionId: 'v1' };
const TAGS = [{ Key: 'a<b', Value: 'x & y' }];
const OK: Step = { status: 200, headers: { 'x-amz-version-id': 'v1' } };

const never = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

interface Rig {
  readonly client: S3Connection;
  readonly server: ScriptedServer;
  readonly clock: VirtualClock;
}

async function rig(steps: readonly Step[], options: Partial<S3DataClientOptions> = {}): Promise<Rig> {
  const server = await ScriptedServer.start(...steps);
  const connections = new Connections({ connectTimeout: 1_000 });
  open.push(connections, server);
  const clock = new VirtualClock();
  const client = createS3DataClient({
    credentials: async () => CREDENTIALS,
    region: 'us-east-1',
    endpoint: server.origin,
    connections,
    clock,
    ...options,
  });
  return { client, server, clock };
}

/** The signature that the AWS SDK's own signer gives a request that the server saw. */
async function signatureOfSdk(
  { method, url, headers, body }: SeenRequest,
  region: string,
): Promise<string | undefined> {
  const [path = '', query = ''] = url.split('?', 2);
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
  const date = (headers['x-amz-date'] as string).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '',
      path,
      query: Object.fromEntries(new URLSearchParams(query.replaceAll('+', '%2B'))),
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
      body,
    },
    { signingDate: new Date(date) },
  );
  return signed.headers.authorization;
}

describe('a request', () => {
  test('goes out as S3 wants it: raw path, subresource, checksum, signature, token', async () => {
    const { client, server } = await rig([OK]);
    const reply = await client.send(putObjectTaggingRequest(OBJECT, TAGS), never);
    expect(reply).toMatchObject({
      ok: true,
      httpStatus: 200,
      headers: expect.objectContaining({ 'x-amz-version-id': 'v1' }),
      body: '',
    });
    const [seen] = server.requests;
    expect(seen).toMatchObject({ method: 'PUT', url: '/photos/a/../b//c.jpg?tagging&versionId=v1' });
    expect(seen?.body).toBe(
      '<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>' +
        '<Tag><Key>a&lt;b</Key><Value>x &amp; y</Value></Tag></TagSet></Tagging>',
    );
    expect(seen?.headers).toMatchObject({
      host: server.origin.slice('http://'.length),
      'x-amz-date': '20261123T120000Z',
      'x-amz-security-token': 'token',
      'content-length': String(seen?.body.length),
      'x-amz-content-sha256': createHash('sha256')
        .update(seen?.body ?? '')
        .digest('hex'),
      'content-md5': createHash('md5')
        .update(seen?.body ?? '')
        .digest('base64'),
    });
    expect(seen?.headers.authorization).toBe(await signatureOfSdk(seen as SeenRequest, 'us-east-1'));
  });

  test('for any key reaches exactly that key, signed as the SDK would', async () => {
    const { client, server } = await rig([OK]);
    const pieces = fc.constantFrom(
      '/',
      '.',
      '..',
      '//',
      "'",
      '"',
      '\r\n',
      '🦬',
      ' ',
      '+',
      '%41',
      '?',
      '#',
      '\\',
      '\u0000',
    );
    const keys = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.array(pieces, { minLength: 1 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(keys, fc.string({ minLength: 1 }), async (key, versionId) => {
        const reply = await client.send(putObjectTaggingRequest({ bucket: 'photos', key, versionId }, TAGS), never);
        expect(reply.ok).toBe(true);
        const seen = server.requests.at(-1) as SeenRequest;
        const [path = ''] = seen.url.split('?', 1);
        expect(path.slice('/photos/'.length).split('/').map(decodeURIComponent).join('/')).toBe(key);
        expect(seen.headers.authorization).toBe(await signatureOfSdk(seen, 'us-east-1'));
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['no key, which would name the bucket', { bucket: 'photos', key: '' }, 'InvalidRequest'],
    ['half a character in its key', { bucket: 'photos', key: 'a\udc00' }, 'InvalidURI'],
    ['half a character in its version', { bucket: 'photos', key: 'a', versionId: '\ud800' }, 'InvalidURI'],
    ['an empty version', { bucket: 'photos', key: 'a', versionId: '' }, 'InvalidArgument'],
    ['a bucket that is a path', { bucket: 'photos/../other', key: 'a' }, 'InvalidBucketName'],
    ['a bucket that is a query', { bucket: 'photos?acl', key: 'a' }, 'InvalidBucketName'],
    ['no bucket', { bucket: '', key: 'a' }, 'InvalidBucketName'],
  ])('with %s is not sent', async (_, object, code) => {
    const { client, server } = await rig([OK]);
    expect(await client.send(putObjectTaggingRequest(object, TAGS), never)).toMatchObject({
      ok: false,
      httpStatus: 400,
      code,
    });
    expect(server.requests).toHaveLength(0);
  });

  test('that fails says what S3 said', async () => {
    const { client, server } = await rig([s3Error(404, 'NoSuchKey')]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toEqual({
      ok: false,
      httpStatus: 404,
      code: 'NoSuchKey',
      message: 'Said NoSuchKey',
      requestId: 'REQ1',
      extendedRequestId: 'HOST1=',
      headers: expect.objectContaining({ 'content-type': 'application/xml' }),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('that may fail after 200 is tried again when it does', async () => {
    const { client, server } = await rig([s3Error(200, 'InternalError'), { status: 200, body: '<CopyObjectResult/>' }]);
    const copy = { method: 'PUT', bucket: 'photos', key: 'a', errorIn200: true } as const;
    expect(await client.send(copy, never)).toMatchObject({ ok: true, body: '<CopyObjectResult/>' });
    expect(server.requests).toHaveLength(2);
  });

  test.each(['SlowDown', 'ServiceUnavailable', 'KMS.ThrottlingException', 'OperationAborted', 'InternalError'])(
    'that fails after 200 with %s is tried again',
    async (code) => {
      const { client, server } = await rig([s3Error(200, code), { status: 200, body: '<CopyObjectResult/>' }]);
      const copy = { method: 'PUT', bucket: 'photos', key: 'a', errorIn200: true } as const;
      expect(await client.send(copy, never)).toMatchObject({ ok: true });
      expect(server.requests).toHaveLength(2);
    },
  );

  test('that fails after 200 for good says why, with the status that there was', async () => {
    const { client, server } = await rig([s3Error(200, 'AccessDenied')]);
    const copy = { method: 'PUT', bucket: 'photos', key: 'a', errorIn200: true } as const;
    expect(await client.send(copy, never)).toMatchObject({ ok: false, httpStatus: 200, code: 'AccessDenied' });
    expect(server.requests).toHaveLength(1);
  });

  test('that fails after 200 without saying why is tried again', async () => {
    const { client } = await rig([{ status: 200, body: '<Error></Error>' }, OK]);
    const copy = { method: 'PUT', bucket: 'photos', key: 'a', errorIn200: true } as const;
    expect(await client.send(copy, never)).toMatchObject({ ok: true });
  });

  test('for the head of an object has neither body nor wait', async () => {
    const { client } = await rig([{ status: 404, headers: { 'x-amz-request-id': 'R' } }]);
    const reply = await client.send({ method: 'HEAD', bucket: 'photos', key: 'a' }, never);
    expect(reply).toMatchObject({ ok: false, httpStatus: 404, code: 'NotFound', requestId: 'R' });
  });

  test('whose answer is too long fails', async () => {
    const { client } = await rig([{ status: 200, body: 'x'.repeat(2_000_000) }]);
    const reply = await client.send({ method: 'GET', bucket: 'photos', key: 'a' }, never);
    expect(reply).toMatchObject({ ok: false, httpStatus: 200, code: 'ResponseTooLarge' });
  });
});

describe('tried again is', () => {
  test.each<[string, Step]>([
    ['500', s3Error(500, 'InternalError')],
    ['502 without a document', { status: 502, body: 'bad gateway' }],
    ['503', s3Error(503, 'ServiceUnavailable')],
    ['SlowDown', s3Error(503, 'SlowDown')],
    ['504', { status: 504 }],
    ['429', { status: 429 }],
    ['throttling in another status', s3Error(400, 'RequestLimitExceeded')],
    ['throttling by KMS', s3Error(400, 'KMS.ThrottlingException')],
    ['throttling by KMS in another status', s3Error(403, 'ThrottlingException')],
    ['a limit of KMS', s3Error(400, 'KMS.LimitExceededException')],
    ['408', { status: 408 }],
    ['400 RequestTimeout', s3Error(400, 'RequestTimeout')],
    ['409 OperationAborted', s3Error(409, 'OperationAborted')],
    ['409 ConditionalRequestConflict', s3Error(409, 'ConditionalRequestConflict')],
    ['a reset connection', 'reset'],
  ])('%s', async (_, step) => {
    const { client, server, clock } = await rig([step, step, OK]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(3);
    expect(clock.sleeps).toEqual([50, 100]);
  });

  test('a request without an answer, in time', async () => {
    const { client, server } = await rig(['silence', OK], { timeout: 50 });
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(2);
  });

  test('an answer that breaks off', async () => {
    const breaksOff: Step = (_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half');
      setImmediate(() => response.destroy());
    };
    const { client } = await rig([breaksOff, { status: 200, body: 'whole' }]);
    expect(await client.send({ method: 'GET', bucket: 'photos', key: 'a' }, never)).toMatchObject({ body: 'whole' });
  });

  test.each([
    ['AccessDenied', s3Error(403, 'AccessDenied')],
    ['NoSuchBucket', s3Error(404, 'NoSuchBucket')],
    ['PreconditionFailed', s3Error(412, 'PreconditionFailed')],
    ['KMS.DisabledException', s3Error(400, 'KMS.DisabledException')],
  ])('not %s', async (code, step) => {
    const { client, server } = await rig([step]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: false, code });
    expect(server.requests).toHaveLength(1);
  });

  test('nothing past its attempts', async () => {
    const { client, server, clock } = await rig([s3Error(503, 'SlowDown')], { patience: { attempts: 4 } });
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({
      httpStatus: 503,
      code: 'SlowDown',
    });
    expect(server.requests).toHaveLength(4);
    expect(clock.sleeps).toEqual([50, 100, 200]);
  });

  test('nothing past its time, of which each delay is a part', async () => {
    const { client, clock } = await rig([s3Error(500, 'InternalError')], {
      patience: { attempts: 100, milliseconds: 30_000 },
    });
    const began = clock.time;
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ code: 'InternalError' });
    expect(clock.time - began).toBeLessThanOrEqual(30_000);
    expect(clock.time - began).toBeGreaterThan(20_000);
    expect(Math.max(...clock.sleeps)).toBe(5_000);
  });
});

describe('throttling', () => {
  test('is counted, by bucket', async () => {
    const { client } = await rig([s3Error(503, 'SlowDown'), s3Error(503, 'SlowDown'), OK]);
    await client.send(putObjectTaggingRequest(OBJECT, TAGS), never);
    await client.send(putObjectTaggingRequest({ bucket: 'others', key: 'a' }, TAGS), never);
    expect([...client.throttles()]).toEqual([['photos', 2]]);
  });

  test('lets fewer requests through', async () => {
    const held: (() => void)[] = [];
    const hold: Step = ({ url }, response) => {
      held.push(() => response.writeHead(url.includes('first') ? 503 : 200).end());
    };
    const { client } = await rig([hold], { limits: { initial: 16, maximum: 16 }, patience: { attempts: 1 } });
    const sixteen = (key: string) =>
      Promise.all(
        Array.from({ length: 16 }, () => client.send(putObjectTaggingRequest({ bucket: 'photos', key }, TAGS), never)),
      );

    const first = sixteen('first');
    while (held.length < 16) await new Promise(setImmediate);
    for (const answer of held.splice(0)) answer();
    await first;

    let ended = false;
    const second = sixteen('second').finally(() => {
      ended = true;
    });
    while (held.length < 8) await new Promise(setImmediate);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(held).toHaveLength(8);
    while (!ended) {
      for (const answer of held.splice(0)) answer();
      await new Promise(setImmediate);
    }
    expect((await second).every(({ ok }) => ok)).toBe(true);
  });
});

describe('latency', () => {
  /** A server that takes its time by the clock of the client, and 32 requests that are under way at once. */
  async function round(rig: { client: S3Connection; clock: VirtualClock; held: (() => void)[] }, milliseconds: number) {
    const all = Promise.all(
      Array.from({ length: 32 }, () => rig.client.send(putObjectTaggingRequest(OBJECT, TAGS), never)),
    );
    let ended = false;
    let peak = 0;
    void all.finally(() => {
      ended = true;
    });
    while (!ended) {
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      peak = Math.max(peak, rig.held.length);
      rig.clock.time += milliseconds;
      for (const answer of rig.held.splice(0)) answer();
    }
    return peak;
  }

  test('far above what it was lets fewer requests through, before any is refused', async () => {
    const held: (() => void)[] = [];
    const hold: Step = (_, response) => void held.push(() => response.end());
    const { client, clock } = await rig([hold], { limits: { initial: 32, maximum: 32 } });
    expect(await round({ client, clock, held }, 20)).toBe(32);
    for (let turn = 0; turn < 4; turn++) await round({ client, clock, held }, 2_000);
    expect(await round({ client, clock, held }, 20)).toBeLessThan(32);
  });
});

describe('a bucket in another Region', () => {
  test('is found after one redirect, and not asked for elsewhere again', async () => {
    const elsewhere: Step = ({ headers }, response) => {
      const right = headers.authorization?.includes('/eu-west-1/s3/');
      response.writeHead(right ? 200 : 301, right ? {} : { 'x-amz-bucket-region': 'eu-west-1' }).end();
    };
    const { client, server, clock } = await rig([elsewhere]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(3);
    expect(clock.sleeps).toEqual([]);
    const last = server.requests.at(-1) as SeenRequest;
    expect(last.headers.authorization).toBe(await signatureOfSdk(last, 'eu-west-1'));
  });

  test('is found by the document that refuses the signature', async () => {
    const malformed = s3Error(400, 'AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>');
    const { client, server } = await rig([malformed, OK]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(server.requests.at(-1)?.headers.authorization).toContain('/eu-central-1/s3/');
  });

  test('is followed to another host', async () => {
    const other = await ScriptedServer.start(OK);
    open.push(other);
    const { client } = await rig([{ status: 307, headers: { location: `${other.origin}/photos/x` } }]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(other.requests[0]).toMatchObject({ method: 'PUT', url: '/photos/a/../b//c.jpg?tagging&versionId=v1' });
    expect(other.requests[0]?.headers.host).toBe(other.origin.slice('http://'.length));
  });

  test('that is sent round in circles fails', async () => {
    let turn = 0;
    const circle: Step = (_, response) => response.writeHead(301, { 'x-amz-bucket-region': `r-${turn++}` }).end();
    const { client, server } = await rig([circle]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({
      ok: false,
      httpStatus: 301,
    });
    expect(server.requests).toHaveLength(4);
  });
});

describe('credentials', () => {
  const fresh = { ...CREDENTIALS, accessKeyId: 'AKIDTWO' };

  /** Answers by the access key of the signature. */
  function expiring(code: string): Step {
    return ({ headers }, response) => {
      if (headers.authorization?.includes('AKIDTWO')) response.end();
      else response.writeHead(400).end(`<Error><Code>${code}</Code><Message>too old</Message></Error>`);
    };
  }

  function renewable(): { source: S3DataClientOptions['credentials']; renewals: () => number } {
    let current = CREDENTIALS;
    let renewals = 0;
    return {
      renewals: () => renewals,
      source: async (options) => {
        if (options?.fresh) {
          renewals++;
          current = fresh;
        }
        return current;
      },
    };
  }

  test.each(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken'])(
    'that ended (%s) are renewed, once for all',
    async (code) => {
      const { source, renewals } = renewable();
      const { client } = await rig([expiring(code)], { credentials: source });
      const replies = await Promise.all(
        Array.from({ length: 10 }, () => client.send(putObjectTaggingRequest(OBJECT, TAGS), never)),
      );
      expect(replies.every(({ ok }) => ok)).toBe(true);
      expect(renewals()).toBe(1);
    },
  );

  test.each([
    ['still refused after their renewal', s3Error(400, 'ExpiredToken'), 2],
    ['that nobody knows', s3Error(403, 'InvalidAccessKeyId'), 2],
    ['whose signature is wrong from the first', s3Error(403, 'SignatureDoesNotMatch'), 1],
  ])('%s are the trouble of the whole job', async (_, step, requests) => {
    const { client, server } = await rig([step]);
    const trouble = { name: 'JobTrouble', code: 'CredentialsRefused', message: expect.stringContaining('Said ') };
    await expect(client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).rejects.toMatchObject(trouble);
    expect(server.requests).toHaveLength(requests);
  });

  test('that were good before leave a wrong signature to the one request', async () => {
    const { client } = await rig([OK, s3Error(403, 'SignatureDoesNotMatch')]);
    await client.send(putObjectTaggingRequest(OBJECT, TAGS), never);
    const reply = await client.send(putObjectTaggingRequest(OBJECT, TAGS), never);
    expect(reply).toMatchObject({ ok: false, httpStatus: 403, code: 'SignatureDoesNotMatch' });
  });

  test('that cannot be had are what the source says, and hold no place', async () => {
    let fail = true;
    const credentials = async () => {
      if (fail) throw new Error('no role');
      return CREDENTIALS;
    };
    const { client } = await rig([OK], { credentials, limits: { initial: 1, maximum: 1 } });
    await expect(client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).rejects.toThrow('no role');
    fail = false;
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
  });
});

describe('a wrong clock', () => {
  const theirs = 'Mon, 23 Nov 2026 13:00:00 GMT';
  const skewed: Step = ({ headers }, response) => {
    const right = String(headers['x-amz-date']).startsWith('20261123T13');
    response.setHeader('date', theirs);
    if (right) response.end();
    else response.writeHead(403).end('<Error><Code>RequestTimeTooSkewed</Code></Error>');
  };

  test('is set by the server’s, for this and all later requests', async () => {
    const { client, server } = await rig([skewed]);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(3);
  });

  test('that stays wrong is the trouble of the whole job', async () => {
    const { client } = await rig([s3Error(403, 'RequestTimeTooSkewed')]);
    await expect(client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).rejects.toMatchObject({
      code: 'CredentialsRefused',
    });
  });
});

describe('an endpoint that is not there', () => {
  test('is the trouble of the whole job, after some time', async () => {
    const { client, server, clock } = await rig([OK]);
    await server.close();
    const began = clock.time;
    const trouble = {
      code: 'EndpointUnreachable',
      message: expect.stringMatching(/^http:\/\/127.* gave no answer: .*ECONNREFUSED/),
    };
    await expect(client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).rejects.toMatchObject(trouble);
    expect(clock.time - began).toBeGreaterThan(15_000);
    expect(clock.time - began).toBeLessThanOrEqual(30_000);
  });

  test('that breaks every connection fails the task', async () => {
    const { client } = await rig(['reset'], { patience: { attempts: 3 } });
    const reply = await client.send(putObjectTaggingRequest(OBJECT, TAGS), never);
    expect(reply).toMatchObject({ ok: false, httpStatus: 0, code: 'ConnectionFailed' });
  });
});

describe('a request that is given up', () => {
  test('ends at once, and its connection with it', async () => {
    const { client, server } = await rig(['silence', OK]);
    const giveUp = new AbortController();
    const reply = client.send(putObjectTaggingRequest(OBJECT, TAGS), giveUp.signal);
    while (server.requests.length === 0) await new Promise(setImmediate);
    giveUp.abort(new Error('time is up'));
    await expect(reply).rejects.toThrow('time is up');
    while (server.requests[0]?.socket.destroyed === false) await new Promise(setImmediate);
    expect(await client.send(putObjectTaggingRequest(OBJECT, TAGS), never)).toMatchObject({ ok: true });
  });

  test('before it began is not sent', async () => {
    const { client, server } = await rig([OK]);
    await expect(
      client.send(putObjectTaggingRequest(OBJECT, TAGS), AbortSignal.abort(new Error('late'))),
    ).rejects.toThrow('late');
    expect(server.requests).toHaveLength(0);
  });

  test('while it waits to be tried again is not tried again', async () => {
    const giveUp = new AbortController();
    const { client, server, clock } = await rig([s3Error(503, 'SlowDown')]);
    clock.sleep = async (_, signal) => {
      giveUp.abort(new Error('time is up'));
      signal.throwIfAborted();
    };
    await expect(client.send(putObjectTaggingRequest(OBJECT, TAGS), giveUp.signal)).rejects.toThrow('time is up');
    expect(server.requests).toHaveLength(1);
  });
});
