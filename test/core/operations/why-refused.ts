import { checkJobRequest } from '../../../core/job/check-request.ts';
import { TAGGING_REQUEST } from '../api/fixtures.ts';

/** Why CreateJob refuses a job with this `Operation` (`Drover`, and other members): the message, empty if it does not. */
export function whyRefused(Operation: object, Drover: object = {}, others: object = {}): string {
  try {
    checkJobRequest({ ...TAGGING_REQUEST, Operation, Drover, ...others });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
