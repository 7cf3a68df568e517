import { createHash } from 'node:crypto';
import { ApiError } from './api-error.ts';

/** Hex digits of the sum that tells a token of ours from any other text. It keeps nothing secret. */
const SUM_DIGITS = 12;

/** A place in the list of jobs as a token of ListJobs: letters, digits, `-` and `_`. */
export function nextToken(place: string): string {
  return sumOf(place) + Buffer.from(place).toString('base64url');
}

/** @throws ApiError InvalidNextTokenException for a text that `nextToken` never made. */
export function placeOf(token: string): string {
  const place = Buffer.from(token.slice(SUM_DIGITS), 'base64url').toString();
  if (nextToken(place) !== token) {
    throw new ApiError(
      'InvalidNextTokenException',
      'NextToken must be the token of an earlier ListJobs answer, exactly as it was given.',
    );
  }
  return place;
}

function sumOf(place: string): string {
  return createHash('sha256').update(`ListJobs ${place}`).digest('hex').slice(0, SUM_DIGITS);
}
