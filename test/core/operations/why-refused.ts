import { checkJobRequest } from '../../../core/job/check-request.ts';
import { TAGGING_REQUEST } from '../api/fixtures.ts';

/** Why CreateJob refuses a job with this `Operation` (and `Drover`): the message, empty if it does not. */
export function whyRefused(Operation: object, Drover: object = {}): string {
  try {
    checkJobRequest({ ...TAGGING_REQUEST, Operation, Drover });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
