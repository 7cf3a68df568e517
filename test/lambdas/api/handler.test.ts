import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { handler } from '../../../lambdas/api/handler.ts';
import { logger } from '../../../lambdas/runtime/logger.ts';
import { proxyEvent } from './event.ts';

const ENVIRONMENT = {
  JOBS_TABLE: 'Jobs',
  SCHEDULER_FUNCTION: 'scheduler',
  TRIGGER_FUNCTION: 'trigger',
  ACCOUNT_ID: '123456789012',
  MAX_CONCURRENT_WORKERS: '100',
  PARTITION: 'aws',
  AWS_REGION: 'us-east-1',
  JOB_ROLES: '["arn:aws:iam::123456789012:role/drover/*"]',
};
const before = { ...process.env };

beforeAll(() => {
  Object.assign(process.env, ENVIRONMENT);
  logger.setLogLevel('SILENT');
});
afterAll(() => {
  process.env = before;
});

test('answers in the form of the proxy integration, with the deployment’s account', async () => {
  const event = proxyEvent({
    path: '/v1/v20180820/jobs/abcde',
    headers: { 'x-amz-account-id': '000000000000', accept: 'application/json' },
  });
  const answer = await handler(event, { functionName: 'api' } as Context);
  expect(answer).toEqual({
    statusCode: 403,
    headers: {
      'content-type': 'application/json',
      'x-amz-request-id': event.requestContext.requestId,
      'x-amz-id-2': expect.any(String),
      'x-amzn-errortype': 'AccessDenied',
    },
    body: expect.stringContaining('Access Denied: these are the jobs of 123456789012, not of 000000000000.'),
  });
});
