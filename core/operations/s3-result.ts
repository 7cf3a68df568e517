import type { S3Refusal, S3Reply } from '../s3/s3-data-client.ts';
import { failed, succeeded, type TaskResult } from './task-result.ts';

/**
 * The report line of a task that is one S3 request. A success reads 200 whatever S3's own 2xx was; a failure has the
 * status, code and message of the last attempt.
 */
export function s3Result(reply: S3Reply): TaskResult {
  return reply.ok ? succeeded() : s3Failed(reply);
}

/** The report line of a task that S3 refused, the message in the form that S3 Batch Operations gives it. */
export function s3Failed(reply: S3Refusal): TaskResult {
  return failed(reply.httpStatus, reply.code, failureMessage(reply));
}

function failureMessage(reply: S3Refusal): string {
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
