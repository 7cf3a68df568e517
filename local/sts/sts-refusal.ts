import { QueryRefusal } from '../server/query-protocol.ts';

/** What STS answers instead of a result. */
export class StsRefusal extends QueryRefusal {}

/** 400, worded as the services' common validation does. */
export function validationError(member: string, value: string, constraint: string): StsRefusal {
  const place = `Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return new StsRefusal('ValidationError', 400, `1 validation error detected: ${place}`);
}
