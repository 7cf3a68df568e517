import { z } from 'zod';
import { jobId } from '../../job/scalars.ts';
import { InvalidInput } from '../../validation/invalid-input.ts';
import type { RouteInput } from './route.ts';

/** The members of a request that only names a job. */
export const jobOnly = z.strictObject({ JobId: jobId });

/**
 * The one value of the query's parameter.
 *
 * @throws InvalidInput where it is given more than once.
 */
export function once({ query }: RouteInput, name: string): string | undefined {
  const values = query(name);
  if (values.length > 1) throw new InvalidInput([{ path: name, says: `is given ${values.length} times` }]);
  return values[0];
}

/** The member, if there is a value for it. */
export function textual(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

/** A text that is no whole number stays one, for the check to refuse. */
export function numeric(name: string, value: string | undefined): Record<string, unknown> {
  if (value === undefined) return {};
  return { [name]: /^[+-]?\d{1,20}$/.test(value) ? Number(value) : value };
}
