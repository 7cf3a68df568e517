import { S3Error } from '../s3-error.ts';
import type { Call } from './call.ts';

/** The header that gives an object of a website another place to be found at, in requests and answers. */
export const WEBSITE_REDIRECT = 'x-amz-website-redirect-location';
/** Characters. Source: "Setting an object redirect", User Guide: 2 KB. */
const LONGEST = 2048;

/** Throws InvalidRedirectLocation. */
export function readWebsiteRedirect({ headers }: Call): string | undefined {
  const location = headers[WEBSITE_REDIRECT];
  if (location === undefined) return undefined;
  if (!/^(?:https?:\/)?\//.test(location)) {
    throw new S3Error('InvalidRedirectLocation');
  }
  if (location.length > LONGEST) {
    throw new S3Error(
      'InvalidRedirectLocation',
      'The length of website redirect location cannot exceed 2,048 characters.',
    );
  }
  return location;
}
