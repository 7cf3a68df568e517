import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiGatewayService } from '../../../local/apigateway/api-gateway-service.ts';
import { type ApiMethod, RestApi } from '../../../local/apigateway/rest-api.ts';
import { ServiceRefusal } from '../../../local/service.ts';
import { sessionCredentials } from '../../../local/sts/session-credentials.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:api';
const SIGNED =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0';
const SIGNED_S3 = SIGNED.replace('execute-api', 's3');

type Invoke = (functionArn: string, payload: string) => Promise<{ payload: string; functionError?: string }>;

let server: Server;
let api: RestApi;
let invoke: Invoke;
let events: Record<string, unknown>[];

function answering(answer: unknown): void {
  invoke = async (_, payload) => {
    events.push(JSON.parse(payload));
    return { payload: JSON.stringify(answer) };
  };
}

function method(resourceId: string, httpMethod: string, rest: Partial<ApiMethod> = {}): ApiMethod {
  return { resourceId, httpMethod, authorization: 'AWS_IAM', functionArn: FUNCTION, timeoutMs: 29_000, ...rest };
}

beforeEach(async () => {
  events = [];
  answering({ statusCode: 200, body: 'ok' });
  api = new RestApi('abc123', 'root', []);
  api.addResource({ id: 'v', parentId: 'root', pathPart: 'v20180820' });
  api.addResource({ id: 'jobs', parentId: 'v', pathPart: 'jobs' });
  api.addResource({ id: 'id', parentId: 'jobs', pathPart: '{id}' });
  api.addResource({ id: 'special', parentId: 'jobs', pathPart: 'special' });
  api.addResource({ id: 'proxy', parentId: 'id', pathPart: '{proxy+}' });
  api.methods.push(method('jobs', 'POST'), method('id', 'GET'), method('special', 'GET'), method('proxy', 'ANY'));
  api.stages.set('prod', { name: 'prod', deploymentId: 'dep1', variables: undefined });
  const service = createApiGatewayService({
    identity: { account: '000000000000', region: 'us-east-1' },
    functions: { invoke: (arn, payload) => invoke(arn, payload) },
  });
  service.putRestApi(api);
  server = createServer((request, response) => void service.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** node:http rather than fetch, because Host and the headers' spelling matter here. */
async function ask(
  httpMethod: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body?: string | Buffer,
): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  const request = httpRequest({ host: '127.0.0.1', port, method: httpMethod, path, headers });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) {
    text += chunk;
  }
  return { status: response.statusCode, headers: response.headers, body: text };
}

describe('the event', () => {
  test('has every member of payload version 1.0, and not what a REST API drops', async () => {
    const answer = await ask(
      'POST',
      '/_aws/execute-api/abc123/prod/v20180820/jobs?a=1&a=2&b=x%20y+z&empty=',
      {
        authorization: SIGNED,
        'Content-MD5': 'abc',
        'X-Custom-Case': ['one', 'two'],
        'content-type': 'application/xml',
        'user-agent': 'tester/1',
      },
      '<Job>ü</Job>',
    );
    expect(answer).toMatchObject({ status: 200, body: 'ok' });
    expect(events).toHaveLength(1);
    const { headers, multiValueHeaders, requestContext, ...event } = events[0] as Record<
      string,
      Record<string, unknown>
    >;
    expect(event).toEqual({
      resource: '/v20180820/jobs',
      path: '/v20180820/jobs',
      httpMethod: 'POST',
      queryStringParameters: { a: '2', b: 'x y z', empty: '' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y z'], empty: [''] },
      pathParameters: null,
      stageVariables: null,
      body: '<Job>ü</Job>',
      isBase64Encoded: false,
    });
    expect(headers).toMatchObject({
      Host: 'abc123.execute-api.us-east-1.amazonaws.com',
      'X-Custom-Case': 'two',
      'X-Forwarded-Proto': 'http',
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });
    expect(multiValueHeaders).toMatchObject({ 'X-Custom-Case': ['one', 'two'] });
    const names = Object.keys(headers!).map((name) => name.toLowerCase());
    expect(names).not.toContain('authorization');
    expect(names).not.toContain('content-md5');
    expect(requestContext).toEqual({
      resourceId: 'jobs',
      resourcePath: '/v20180820/jobs',
      httpMethod: 'POST',
      extendedRequestId: expect.any(String),
      requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      path: '/prod/v20180820/jobs',
      accountId: '000000000000',
      protocol: 'HTTP/1.1',
      stage: 'prod',
      domainPrefix: 'abc123',
      requestTimeEpoch: expect.any(Number),
      requestId: answer.headers['x-amzn-requestid'],
      identity: {
        cognitoIdentityPoolId: null,
        accountId: '000000000000',
        cognitoIdentityId: null,
        caller: '000000000000',
        sourceIp: '127.0.0.1',
        principalOrgId: null,
        accessKey: 'AKIDEXAMPLE',
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: 'arn:aws:iam::000000000000:root',
        userAgent: 'tester/1',
        user: '000000000000',
      },
      domainName: 'abc123.execute-api.us-east-1.amazonaws.com',
      deploymentId: 'dep1',
      apiId: 'abc123',
    });
  });

  test('knows the role of a caller that has assumed one', async () => {
    const session = {
      roleArn: 'arn:aws:iam::111122223333:role/drover/admin',
      sessionName: 'me',
      expiration: new Date(),
    };
    const { accessKeyId, sessionToken } = sessionCredentials(session);
    const authorization = SIGNED_S3.replace('AKIDEXAMPLE', accessKeyId);
    await ask('GET', '/v20180820/jobs/j', { authorization, 'x-amz-security-token': sessionToken });
    expect((events[0]!.requestContext as Record<string, unknown>).identity).toMatchObject({
      accountId: '111122223333',
      accessKey: accessKeyId,
      userArn: 'arn:aws:sts::111122223333:assumed-role/admin/me',
      caller: expect.stringMatching(/^AROA[0-9A-F]{17}:me$/),
    });
  });

  test('is the same at each of the three addresses', async () => {
    await ask('GET', '/_aws/execute-api/abc123/prod/v20180820/jobs/j-1', { authorization: SIGNED });
    await ask('GET', '/prod/v20180820/jobs/j-1', { authorization: SIGNED, host: 'abc123.execute-api.localhost:80' });
    await ask('GET', '/v20180820/jobs/j-1', { authorization: SIGNED_S3, host: '000000000000.drover.local' });
    expect(
      events.map(({ resource, path, pathParameters, requestContext }) => [
        resource,
        path,
        pathParameters,
        (requestContext as { path: string }).path,
      ]),
    ).toEqual(
      Array(3).fill(['/v20180820/jobs/{id}', '/v20180820/jobs/j-1', { id: 'j-1' }, '/prod/v20180820/jobs/j-1']),
    );
  });

  test('prefers a literal resource, then {name}, then {name+}', async () => {
    for (const path of ['special', 'other', 'a%20b/priority/x', 'j/']) {
      await ask('GET', `/v20180820/jobs/${path}`, { authorization: SIGNED_S3 });
    }
    expect(events.map(({ resource, pathParameters }) => [resource, pathParameters])).toEqual([
      ['/v20180820/jobs/special', null],
      ['/v20180820/jobs/{id}', { id: 'other' }],
      ['/v20180820/jobs/{id}/{proxy+}', { id: 'a b', proxy: 'priority/x' }],
      ['/v20180820/jobs/{id}', { id: 'j' }],
    ]);
  });

  test('has a body in Base64 only for a binary media type of the API', async () => {
    const binary = new RestApi('bin', 'root', ['application/octet-stream', 'image/*']);
    Object.assign(api, { binaryMediaTypes: binary.binaryMediaTypes });
    const bytes = Buffer.from([0xff, 0x00, 0x41]);
    const post = (type: string) =>
      ask('POST', '/v20180820/jobs', { authorization: SIGNED_S3, 'content-type': type }, bytes);
    await post('application/octet-stream');
    await post('image/png');
    await post('text/plain');
    await ask('POST', '/v20180820/jobs', { authorization: SIGNED_S3, 'content-type': 'image/png' });
    expect(events.map(({ body, isBase64Encoded }) => [body, isBase64Encoded])).toEqual([
      ['/wBB', true],
      ['/wBB', true],
      ['\ufffd\u0000A', false],
      [null, false],
    ]);
  });
});

describe('the answer', () => {
  const get = () => ask('GET', '/v20180820/jobs/j', { authorization: SIGNED_S3 });

  test('is sent with its status, headers and body', async () => {
    answering({
      statusCode: 404,
      headers: { 'content-type': 'application/xml', 'x-number': 7, Date: 'yesterday' },
      multiValueHeaders: { 'x-many': ['a', 'b'] },
      body: '<Error>ü</Error>',
    });
    const answer = await get();
    expect(answer).toMatchObject({
      status: 404,
      body: '<Error>ü</Error>',
      headers: {
        'content-type': 'application/xml',
        'x-number': '7',
        'x-many': 'a, b',
        'x-amzn-remapped-date': 'yesterday',
        'content-length': '17',
      },
    });
  });

  test('is JSON when it does not say, and may have no body', async () => {
    answering({ statusCode: 200 });
    expect(await get()).toMatchObject({ status: 200, body: '', headers: { 'content-type': 'application/json' } });
  });

  test.each([
    ['null', null],
    ['no object', 'text'],
    ['no status', { body: 'x' }],
    ['a body that is no string', { statusCode: 200, body: { a: 1 } }],
    ['headers that are no map of scalars', { statusCode: 200, headers: { a: ['b'] } }],
  ])('when malformed (%s) becomes 502', async (_, bad) => {
    answering(bad);
    expect(await get()).toMatchObject({
      status: 502,
      body: '{"message":"Internal server error"}',
      headers: { 'x-amzn-errortype': 'InternalServerErrorException' },
    });
  });

  test('of a function that failed becomes 502, one that Lambda refused 500', async () => {
    invoke = async () => ({ payload: '{"errorMessage":"secret"}', functionError: 'Unhandled' });
    expect(await get()).toMatchObject({ status: 502, body: '{"message":"Internal server error"}' });
    invoke = () => Promise.reject(new ServiceRefusal('TooManyRequestsException', 'Rate Exceeded.'));
    expect(await get()).toMatchObject({ status: 500, body: '{"message":"Internal server error"}' });
  });

  test('is waited for as long as the integration says', async () => {
    api.methods.unshift(method('id', 'GET', { timeoutMs: 20 }));
    invoke = () => new Promise(() => {});
    expect(await get()).toMatchObject({ status: 504, body: '{"message":"Endpoint request timed out"}' });
  });
});

describe('refusals', () => {
  test('not signed, no such path, no such method: all the same 403', async () => {
    const unsigned = await ask('GET', '/v20180820/jobs/j');
    const noPath = await ask('GET', '/_aws/execute-api/abc123/prod/nothing', { authorization: SIGNED });
    const noMethod = await ask('DELETE', '/v20180820/jobs', { authorization: SIGNED_S3 });
    for (const answer of [unsigned, noPath, noMethod]) {
      expect(answer).toMatchObject({
        status: 403,
        body: '{"message":"Missing Authentication Token"}',
        headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
      });
    }
    expect(events).toEqual([]);
  });

  test('signed for s3 at the address of execute-api', async () => {
    const answer = await ask('GET', '/_aws/execute-api/abc123/prod/v20180820/jobs/j', { authorization: SIGNED_S3 });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("Credential should be scoped to correct service: 'execute-api'");
  });

  test('a method without authorization needs no signature', async () => {
    api.methods.push(method('root', 'GET', { authorization: 'NONE' }));
    expect((await ask('GET', '/_aws/execute-api/abc123/prod/')).status).toBe(200);
    expect((await ask('GET', '/_aws/execute-api/abc123/prod')).status).toBe(200);
  });

  test('an unknown API or stage is named', async () => {
    expect((await ask('GET', '/_aws/execute-api/nope/prod/x')).body).toContain(
      'no REST API \\"nope\\"; there is abc123',
    );
    expect((await ask('GET', '/_aws/execute-api/abc123/dev/x')).body).toContain('no stage \\"dev\\"; it has prod');
  });

  test('more than 10 MB', async () => {
    const answer = await ask(
      'POST',
      '/v20180820/jobs',
      { authorization: SIGNED_S3 },
      Buffer.alloc(10 * 1024 * 1024 + 1),
    );
    expect(answer).toMatchObject({ status: 413, body: '{"message":"Request Too Long"}' });
  });

  test("speak the template's gateway responses, in the language of the client's first Accept", async () => {
    api.gatewayResponses.set('MISSING_AUTHENTICATION_TOKEN', {
      responseType: 'MISSING_AUTHENTICATION_TOKEN',
      statusCode: 401,
      parameters: {
        'gatewayresponse.header.x-static': "'yes'",
        'gatewayresponse.header.x-id': 'context.requestId',
        'gatewayresponse.header.x-echo': 'method.request.header.X-Ask',
      },
      templates: {
        'application/xml': '<Error><Code>$context.error.responseType</Code><M>$context.error.message</M></Error>',
        'application/json': '{"message":$context.error.messageString,"nothing":"$context.unknown.thing"}',
      },
    });
    const xml = await ask('GET', '/v20180820/jobs/j', { accept: 'application/xml, */*', 'X-Ask': 'why' });
    expect(xml).toMatchObject({
      status: 401,
      body: '<Error><Code>MISSING_AUTHENTICATION_TOKEN</Code><M>Missing Authentication Token</M></Error>',
      headers: { 'content-type': 'application/xml', 'x-static': 'yes', 'x-echo': 'why' },
    });
    expect(xml.headers['x-id']).toBe(xml.headers['x-amzn-requestid']);
    expect(await ask('GET', '/v20180820/jobs/j', { accept: '*/*' })).toMatchObject({
      body: '{"message":"Missing Authentication Token","nothing":""}',
      headers: { 'content-type': 'application/json' },
    });
  });

  test("speak XML to S3 Control's clients, who name no language, as long as they do not speak JSON", async () => {
    const templates = { 'application/xml': '<Error/>', 'application/json': '{}' };
    api.gatewayResponses.set('DEFAULT_5XX', {
      responseType: 'DEFAULT_5XX',
      statusCode: undefined,
      parameters: {},
      templates,
    });
    invoke = async () => {
      throw new ServiceRefusal('TooManyRequestsException', 'Rate Exceeded.');
    };
    const path = '/v20180820/jobs';
    const json = { 'content-type': 'application/json' };
    const bodies = [
      await ask('POST', path, { authorization: SIGNED_S3 }),
      await ask('POST', path, { authorization: SIGNED_S3, ...json }),
      await ask('POST', path, { authorization: SIGNED_S3, accept: 'application/json' }),
      await ask('POST', `/_aws/execute-api/abc123/prod${path}`, { authorization: SIGNED }),
    ].map(({ status, body }) => [status, body]);
    expect(bodies).toEqual([
      [500, '<Error/>'],
      [500, '{}'],
      [500, '{}'],
      [500, '{}'],
    ]);
  });

  test('fall back on DEFAULT_5XX', async () => {
    api.gatewayResponses.set('DEFAULT_5XX', {
      responseType: 'DEFAULT_5XX',
      statusCode: undefined,
      parameters: {},
      templates: { 'application/json': '{"path":"$context.path"}' },
    });
    answering(null);
    expect(await ask('GET', '/v20180820/jobs/j', { authorization: SIGNED_S3 })).toMatchObject({
      status: 502,
      body: '{"path":"/prod/v20180820/jobs/j"}',
    });
  });
});
