import { describe, expect, test } from '@jest/globals';
import { signRequest } from '../../cli/api/signed-request.ts';
import { apiEndpointOf } from '../../cli/api/stack-endpoint.ts';
import { resolveTarget } from '../../cli/api/target.ts';

const GATEWAY = 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/';

describe('where Drover is', () => {
  test('is the local cloud unless told otherwise: any credentials, account and Region of its own', async () => {
    const target = await resolveTarget({ endpoint: 'http://127.0.0.1:9800/' }, {});
    expect(target).toMatchObject({
      endpoint: 'http://127.0.0.1:9800',
      local: true,
      region: 'us-east-1',
      signingService: 's3',
      account: '000000000000',
    });
    expect(await target.credentials()).toEqual({ accessKeyId: 'test', secretAccessKey: 'test' });
  });

  test('takes credentials and Region of the environment', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't', AWS_REGION: 'eu-west-1' };
    const target = await resolveTarget({ endpoint: 'http://127.0.0.1:9800' }, env);
    expect(target.region).toBe('eu-west-1');
    expect(await target.credentials()).toEqual({ accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' });
  });

  test("is API Gateway where the host name says so: execute-api, in that Region, for the caller's account", async () => {
    const target = await resolveTarget({ endpoint: GATEWAY }, { AWS_REGION: 'us-east-2' });
    expect(target).toMatchObject({ local: false, region: 'eu-west-1', signingService: 'execute-api' });
    expect(target.account).toBeUndefined();
  });

  test("is the stack's output ApiEndpoint, also where another stack holds the construct", () => {
    const other = { OutputKey: 'Endpoint8024A810', OutputValue: 'https://other' };
    expect(apiEndpointOf([other, { OutputKey: 'ApiEndpoint', OutputValue: GATEWAY }])).toBe(GATEWAY);
    expect(apiEndpointOf([other, { OutputKey: 'DroverApiEndpoint1A2B', OutputValue: GATEWAY }])).toBe(GATEWAY);
    expect(apiEndpointOf([other])).toBeUndefined();
  });
});

describe('a signed request', () => {
  test('keeps the stage in its path and carries what API Gateway checks', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' };
    const resolved = await resolveTarget({ endpoint: GATEWAY }, env);
    const target = { ...resolved, credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 's' }) };
    const request = await signRequest(target, '123456789012', {
      method: 'POST',
      path: '/v20180820/jobs/j-12345/status',
      query: { requestedJobStatus: 'Cancelled', statusUpdateReason: 'a b+c' },
    });
    expect(request.url).toBe(
      'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/v20180820/jobs/j-12345/status' +
        '?requestedJobStatus=Cancelled&statusUpdateReason=a%20b%2Bc',
    );
    expect(request.headers.authorization).toMatch(
      /Credential=AKID\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=accept;host;x-amz-account-id;/,
    );
    expect(request.headers).not.toHaveProperty('host');
  });
});
