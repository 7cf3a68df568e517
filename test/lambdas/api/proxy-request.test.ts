import { expect, test } from '@jest/globals';
import { proxyRequest } from '../../../lambdas/api/proxy-request.ts';
import { proxyEvent } from './event.ts';

test('reads method, path, repeated parameters, headers of any case, and the id', () => {
  const request = proxyRequest(
    proxyEvent({
      queryStringParameters: { jobStatuses: 'Complete', nextToken: 'a+b=' },
      multiValueQueryStringParameters: { jobStatuses: ['Active', 'Complete'], nextToken: ['a+b='] },
      headers: { 'X-Amz-Account-Id': '123456789012', Accept: 'application/json' },
    }),
  );
  expect(request).toMatchObject({
    method: 'GET',
    path: '/v20180820/jobs',
    headers: { 'x-amz-account-id': '123456789012', accept: 'application/json' },
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  });
  expect(request.query.getAll('jobStatuses')).toEqual(['Active', 'Complete']);
  expect(request.query.get('nextToken')).toBe('a+b=');
  expect(request.body).toHaveLength(0);
});

test.each([
  ['/v20180820/jobs/x', '/v20180820/jobs/x'],
  ['/prod/v20180820/jobs', '/v20180820/jobs'],
  ['/base/path/v20180820/jobs', '/v20180820/jobs'],
  ['/other', '/other'],
])('the path %s is %s', (path, expected) => {
  expect(proxyRequest(proxyEvent({ path })).path).toBe(expected);
});

test('a body comes as text or, where the gateway takes it for binary, as base64', () => {
  const bytes = Buffer.from('<a>ü</a>');
  expect(proxyRequest(proxyEvent({ body: '<a>ü</a>' })).body).toEqual(bytes);
  expect(proxyRequest(proxyEvent({ body: bytes.toString('base64'), isBase64Encoded: true })).body).toEqual(bytes);
});
