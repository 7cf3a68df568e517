import { Sha256 } from '@aws-crypto/sha256-js';
import { describe, expect, test } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { sha256, signedHeaders } from '../../../core/signed-http/signature.ts';
import { encodePath, encodeQuery } from '../../../core/signed-http/uri-encoding.ts';

const EMPTY = sha256('');

function signatureOf(headers: Record<string, string>): string {
  return /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** What signatures leave as it is. */
const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('the signatures that the S3 API reference prints', () => {
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const now = Date.parse('2013-05-24T00:00:00Z');
  const scope = { region: 'us-east-1', service: 's3' };
  const host = 'examplebucket.s3.amazonaws.com';
  const body = sha256('Welcome to Amazon S3.');

  test.each([
    {
      name: 'GET object with a range',
      request: { method: 'GET', key: '/test.txt', query: {}, headers: { range: 'bytes=0-9' }, bodyHash: EMPTY },
      signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
    {
      name: 'PUT object whose key must be encoded',
      request: {
        method: 'PUT',
        key: '/test$file.text',
        query: {},
        headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
        bodyHash: body,
      },
      signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    },
    {
      name: 'GET of a subresource',
      request: { method: 'GET', key: '/', query: { lifecycle: '' }, headers: {}, bodyHash: EMPTY },
      signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    },
    {
      name: 'GET with parameters',
      request: { method: 'GET', key: '/', query: { prefix: 'J', 'max-keys': '2' }, headers: {}, bodyHash: EMPTY },
      signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    },
  ])('$name', ({ request, signature }) => {
    const headers: Record<string, string> = { ...request.headers, host, 'x-amz-content-sha256': request.bodyHash };
    const signable = {
      method: request.method,
      canonicalPath: encodePath(request.key),
      canonicalQuery: encodeQuery(request.query).canonical,
      headers,
      bodyHash: request.bodyHash,
    };
    expect(signatureOf(signedHeaders(signable, credentials, scope, now))).toBe(signature);
  });
});

describe('the AWS Signature Version 4 test suite', () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const now = Date.parse('2015-08-30T12:36:00Z');
  const scope = { region: 'us-east-1', service: 'service' };

  test.each([
    ['get-vanilla', 'GET', '/', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      'GET',
      '/',
      { Param2: 'value2', Param1: 'value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    ['get-utf8', 'GET', '/ሴ', {}, '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    ['post-vanilla', 'POST', '/', {}, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    ['get-unreserved', 'GET', `/${UNRESERVED}`, {}, '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'],
    ['get-space', 'GET', '/example space/', {}, '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
    [
      'get-vanilla-query-unreserved',
      'GET',
      '/',
      { [UNRESERVED]: UNRESERVED },
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    ],
  ])('%s', (_, method, path, query, signature) => {
    const signable = {
      method,
      canonicalPath: encodePath(path),
      canonicalQuery: encodeQuery(query).canonical,
      headers: { host: 'example.amazonaws.com' },
      bodyHash: EMPTY,
    };
    expect(signatureOf(signedHeaders(signable, credentials, scope, now))).toBe(signature);
  });
});

describe('headers and bodies of the AWS Signature Version 4 test suite', () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const sessionToken =
    'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuw' +
    'thAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNV' +
    'XAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

  test.each<[string, string, Record<string, string>, string, object, string]>([
    [
      'get-header-value-trim',
      'GET',
      { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
      '',
      {},
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'post-header-key-sort',
      'POST',
      { 'my-header1': 'value1' },
      '',
      {},
      'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
    ],
    [
      'post-header-value-case',
      'POST',
      { 'my-header1': 'VALUE1' },
      '',
      {},
      'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    ],
    [
      'post-x-www-form-urlencoded',
      'POST',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Param1=value1',
      {},
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'post-sts-header-before',
      'POST',
      {},
      '',
      { sessionToken },
      '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    ],
  ])('%s', (_, method, more, body, token, signature) => {
    const headers = { host: 'example.amazonaws.com', ...more };
    const signable = { method, canonicalPath: '/', canonicalQuery: '', headers, bodyHash: sha256(body) };
    const scope = { region: 'us-east-1', service: 'service' };
    const now = Date.parse('2015-08-30T12:36:00Z');
    expect(signatureOf(signedHeaders(signable, { ...credentials, ...token }, scope, now))).toBe(signature);
  });
});

/** Keys that clients like to spoil, and any other Unicode text. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom('/', '//', '.', '..', '/./', '/../', "'", '"', ' ', '+', '%', '%2F', '\r\n', '🦬', '!*()', '~'),
    )
    .map((parts) => parts.join('')),
);

describe('the same signature as the AWS SDK for', () => {
  const methods = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD');
  const query = fc.dictionary(fc.stringMatching(/^[a-z-]{1,12}$/), text, { maxKeys: 4 });
  const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  const headers = fc.dictionary(fc.stringMatching(/^x-amz-meta-[a-z0-9]{1,8}$/), headerValue, { maxKeys: 3 });
  const credentials = fc.record(
    {
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
      secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      sessionToken: fc.stringMatching(/^[A-Za-z0-9+/=]{1,80}$/),
    },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  );
  const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000);

  async function sdkAuthorization(
    request: { method: string; path: string; query: Record<string, string>; headers: Record<string, string> },
    signer: ConstructorParameters<typeof SignatureV4>[0],
    now: number,
  ): Promise<string> {
    const signed = await new SignatureV4(signer).sign(
      { ...request, protocol: 'https:', hostname: 'host.example' },
      { signingDate: new Date(now) },
    );
    return signed.headers.authorization ?? '';
  }

  test('S3: any key, any parameters, with and without a session token', async () => {
    await fc.assert(
      fc.asyncProperty(
        methods,
        text,
        query,
        headers,
        credentials,
        time,
        async (method, key, query, extra, who, now) => {
          const path = `/${encodePath(key)}`;
          const own = { ...extra, host: 'host.example', 'x-amz-content-sha256': EMPTY };
          const canonicalQuery = encodeQuery(query).canonical;
          const mine = signedHeaders(
            { method, canonicalPath: path, canonicalQuery, headers: own, bodyHash: EMPTY },
            who,
            { region: 'eu-west-1', service: 's3' },
            now,
          );
          const signer = { service: 's3', region: 'eu-west-1', credentials: who, sha256: Sha256, uriEscapePath: false };
          expect(mine.authorization).toBe(await sdkAuthorization({ method, path, query, headers: own }, signer, now));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('Lambda: the path encoded once more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9:$_-]{1,60}$/), credentials, time, async (name, who, now) => {
        const path = `/2015-03-31/functions/${encodePath(name)}/invocations`;
        const own = { host: 'host.example', 'x-amz-content-sha256': EMPTY };
        const mine = signedHeaders(
          { method: 'POST', canonicalPath: encodePath(path), canonicalQuery: '', headers: own, bodyHash: EMPTY },
          who,
          { region: 'us-east-1', service: 'lambda' },
          now,
        );
        const signer = { service: 'lambda', region: 'us-east-1', credentials: who, sha256: Sha256 };
        const request = { method: 'POST', path, query: {}, headers: own };
        expect(mine.authorization).toBe(await sdkAuthorization(request, signer, now));
      }),
    );
  });
});
