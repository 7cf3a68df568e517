import type { S3Reply } from '../s3/s3-data-client.ts';
import type { TaskResult } from './operation.ts';
import { resultMessage } from './result-message.ts';

/** S3's codes are a word or two; a store that says more is cut short. */
const MAX_ERROR_CODE = 128;

const SUCCESSFUL: TaskResult = { status: 'succeeded', httpStatus: 200, errorCode: '', message: 'Successful' };

/**
 * The report line of a task that is one S3 request. A success reads 200 whatever S3's own 2xx was; a failure has the
 * status, code and message of the last attempt, the message in the form that S3 Batch Operations gives it.
 */
export function s3Result(reply: S3Reply): TaskResult {
  if (reply.ok) return SUCCESSFUL;
  const errorCode = reply.code.slice(0, MAX_ERROR_CODE);
  return { status: 'failed', httpStatus: reply.httpStatus, errorCode, message: resultMessage(failureMessage(reply)) };
}

function failureMessage(reply: S3Reply & { ok: false }): string {
  // Nobody answered, so there is no request of the service to name.
  if (reply.httpStatus === 0) return reply.message;
  const details = [
    'Service: Amazon S3',
    `Status Code: ${reply.httpStatus}`,
    `Error Code: ${reply.code}`,
    `Request ID: ${reply.requestId}`,
    `S3 Extended Request ID: ${reply.extendedRequestId}`,
    'Proxy: null',
  ];
  return `${reply.message} (${details.join('; ')})`;
}
