import { resultMessage } from './result-message.ts';

/** What became of one task: its line of the completion report, less the object's name. */
export interface TaskResult {
  readonly status: 'succeeded' | 'failed';
  readonly httpStatus: number;
  /** Empty on success. */
  readonly errorCode: string;
  readonly message: string;
}

/** S3's codes are a word or two; a store that says more is cut short. */
const MAX_ERROR_CODE = 128;

/** @param message what the report says of it; S3 Batch Operations says Successful where there is nothing to tell. */
export function succeeded(message?: string): TaskResult {
  return message === undefined ? SUCCESSFUL : successOf(message);
}

/** Of nearly all tasks, and one object for them all. */
const SUCCESSFUL = successOf('Successful');

function successOf(message: string): TaskResult {
  return { status: 'succeeded', httpStatus: 200, errorCode: '', message: resultMessage(message) };
}

export function failed(httpStatus: number, errorCode: string, message: string): TaskResult {
  return {
    status: 'failed',
    httpStatus,
    errorCode: errorCode.slice(0, MAX_ERROR_CODE),
    message: resultMessage(message),
  };
}
