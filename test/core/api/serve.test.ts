import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TAGGING_REQUEST, TAGGING_XML, TestApi } from './fixtures.ts';

let api: TestApi;
beforeEach(() => {
  api = new TestApi();
});

const JOBS = '/v20180820/jobs';

describe('the frame of every answer', () => {
  test.each([
    ['GET', '/', 404, 'NoSuchResource', 'There is nothing at "/". The job API is at /v20180820/jobs and below.'],
    ['GET', `${JOBS}/`, 404, 'NoSuchResource', 'There is nothing at'],
    ['GET', `${JOBS}/abcde/xyz`, 404, 'NoSuchResource', 'There is nothing at'],
    ['PUT', JOBS, 405, 'MethodNotAllowed', 'PUT is not a method of /v20180820/jobs; it has POST, GET.'],
    ['GET', `${JOBS}/abcde/status`, 405, 'MethodNotAllowed', 'it has POST.'],
    ['GET', `${JOBS}/a`, 400, 'BadRequestException', 'JobId must have 5 to 36 characters, but has 1.'],
    ['GET', `${JOBS}/ab%20cd`, 400, 'BadRequestException', 'JobId must be the id of a job'],
    ['GET', `${JOBS}/abcd%zz`, 400, 'BadRequestException', 'JobId must be the id of a job'],
  ])('%s %s', async (method, path, status, code, message) => {
    const { status: got, body, headers } = await api.send(method, path);
    expect([got, headers['content-type']]).toEqual([status, 'application/xml']);
    expect(body).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<ErrorResponse><Error><Code>\w+<\/Code><Message>/);
    expect(body).toContain(`<Code>${code}</Code>`);
    expect(body.replace(/&quot;/g, '"')).toContain(message);
    expect(body).toMatch(/<RequestId>RID<\/RequestId><HostId>[\w+/=]{44}<\/HostId><\/ErrorResponse>$/);
    expect(headers).toMatchObject({ 'x-amz-request-id': 'RID', 'x-amz-id-2': expect.any(String) });
    if (status === 405) expect(headers['allow']).toMatch(/POST/);
  });

  test('JSON is spoken when Accept or Content-Type asks for it', async () => {
    for (const [headers, type] of [
      [{}, 'application/xml'],
      [{ accept: '*/*' }, 'application/xml'],
      [{ accept: 'application/json' }, 'application/json'],
      [{ accept: 'text/html, application/json;q=0.9' }, 'application/json'],
      [{ 'content-type': 'application/json; charset=utf-8' }, 'application/json'],
      [{ 'content-type': 'application/json', accept: 'application/xml' }, 'application/xml'],
    ] as const) {
      expect((await api.send('GET', JOBS, '', headers)).headers['content-type']).toBe(type);
    }
    const refused = await api.send('GET', `${JOBS}/a`, '', { accept: 'application/json' });
    expect(refused.headers['x-amzn-errortype']).toBe('BadRequestException');
    expect(JSON.parse(refused.body)).toEqual({
      Code: 'BadRequestException',
      Message: 'JobId must have 5 to 36 characters, but has 1.',
      RequestId: 'RID',
    });
    const mixed = await api.send('POST', JOBS, TAGGING_XML, { accept: 'application/json' });
    expect(JSON.parse(mixed.body)).toEqual({ JobId: expect.any(String) });
  });

  test.each([
    [undefined, 400, 'BadRequestException'],
    ['12345', 400, 'BadRequestException'],
    ['000000000000', 403, 'AccessDenied'],
  ])('x-amz-account-id %s', async (account, status, code) => {
    const headers = { accept: 'application/json', ...(account === undefined ? {} : { 'x-amz-account-id': account }) };
    const answer =
      account === undefined
        ? await api.send('GET', `${JOBS}/abcde`, '', { ...headers, 'x-amz-account-id': '' })
        : await api.send('GET', `${JOBS}/abcde`, '', headers);
    expect([answer.status, JSON.parse(answer.body).Code]).toEqual([status, code]);
  });

  test('an error that nobody foresaw is a 500 without its text, and is reported', async () => {
    const secret = new Error('secret');
    api.jobs.getJob = async () => Promise.reject(secret);
    const answer = await api.send('GET', `${JOBS}/abcde`);
    expect([answer.status, api.faults]).toEqual([500, [secret]]);
    expect(answer.body).toContain('<Code>InternalServiceException</Code>');
    expect(answer.body).not.toContain('secret');
  });

  test('a table that is asked too much is a TooManyRequestsException, which clients retry', async () => {
    api.jobs.getJob = async () => Promise.reject(Object.assign(new Error('x'), { name: 'ThrottlingException' }));
    const answer = await api.send('GET', `${JOBS}/abcde`);
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('TooManyRequestsException')]);
  });
});

describe('bodies that are no request', () => {
  test.each([
    ['xml', '', 'The body is empty: it must be an XML document with the root CreateJobRequest.'],
    ['xml', TAGGING_XML.replaceAll('CreateJobRequest', 'Other'), 'The root of the document is Other, but must be'],
    ['xml', `<!DOCTYPE x>${TAGGING_XML}`, 'a document type (DTD) is not accepted'],
    ['xml', '{}', 'The body is not an XML document that can be read: 1:2:'],
    ['xml', Uint8Array.from([0xff, 0xfe, 0x3c, 0x00]), 'The body is not valid UTF-8.'],
    [
      'xml',
      TAGGING_XML.replaceAll('TagSet>', 'TagSets>'),
      'TagSets is not a member of S3PutObjectTagging; did you mean',
    ],
    ['xml', TAGGING_XML.replace('<Priority>42</Priority>', '<Priority/>'), 'Priority must be a whole number from 0 to'],
    ['xml', TAGGING_XML.replace('>42<', '>0x2A<'), 'Priority must be a whole number from 0 to 2147483647, not "0x2A".'],
    ['xml', TAGGING_XML.replace('>42<', '><b>1</b><'), 'Priority must be a whole number'],
    ['xml', `<CreateJobRequest>${' '.repeat(1024 * 1024)}</CreateJobRequest>`, 'at most 1048576 are read'],
    ['json', '', 'The body is empty: it must be a JSON object.'],
    ['json', '{', 'The body is not JSON: '],
    ['json', '[]', 'The body must be a JSON object.'],
    ['json', 'null', 'The body must be a JSON object.'],
    ['json', '{"__proto__": {}}', '__proto__ is not a name that a member or key can have.'],
    ['json', '['.repeat(500_000), 'The body is not JSON'],
    ['json', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, ''],
    ['json', JSON.stringify({ ...TAGGING_REQUEST, Priority: '42' }), 'Priority must be a whole number from 0 to 2147'],
  ])('%s %.50s', async (language, body, message) => {
    const headers = language === 'json' ? { 'content-type': 'application/json' } : {};
    const answer = await api.send('POST', JOBS, body, headers);
    expect(answer.status).toBe(400);
    expect(answer.body.replace(/&quot;/g, '"')).toContain(message);
    expect(answer.body).toContain('BadRequestException');
    expect([api.faults, api.jobs.requests.size]).toEqual([[], 0]);
  });
});

describe('whatever is sent', () => {
  const json = JSON.stringify(TAGGING_REQUEST);
  const mutation = (document: string) =>
    fc
      .array(
        fc.record({
          at: fc.nat(document.length),
          cut: fc.nat(40),
          put: fc.oneof(
            fc.string({ unit: 'binary', maxLength: 6 }),
            fc.constantFrom(
              '<',
              '>',
              '&',
              '"',
              '{',
              '}',
              '[',
              ']',
              '<Tags>',
              '<!--',
              ']]>',
              '\\u0000',
              '&#0;',
              'null',
              '-',
            ),
            fc.nat(document.length).map((from) => document.slice(from, from + 60)),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      )
      .map((edits) =>
        edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), document),
      );

  test.each([
    ['XML', TAGGING_XML, {}],
    ['JSON', json, { 'content-type': 'application/json' }],
  ])(
    'a spoiled %s document is a 4xx in its language or still a request, never a fault',
    async (_, document, headers) => {
      await fc.assert(
        fc.asyncProperty(mutation(document), async (spoiled) => {
          const fresh = new TestApi();
          const answer = await fresh.send('POST', JOBS, spoiled, headers);
          expect(fresh.faults).toEqual([]);
          expect([200, 400, 403]).toContain(answer.status);
          expect(answer.status === 200).toBe(fresh.jobs.requests.size === 1);
          if ('content-type' in headers) JSON.parse(answer.body);
          else expect(answer.body).toMatch(/^<\?xml[\s\S]*<\/(ErrorResponse|CreateJobResult)>$/);
        }),
        { numRuns: 400 },
      );
    },
  );

  test('any bytes to any route are answered', async () => {
    const paths = ['', '/abcde', '/abcde/status', '/abcde/priority', '/abcde/tagging', '/%ff'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        fc.constantFrom(...paths),
        fc.webQueryParameters(),
        fc.uint8Array({ maxLength: 64 }),
        fc.boolean(),
        async (method, path, query, body, asJson) => {
          const headers = asJson ? { 'content-type': 'application/json' } : {};
          const answer = await api.send(method, `${JOBS}${path}?${query}`, body, headers);
          expect(api.faults).toEqual([]);
          expect(answer.status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  });
});
