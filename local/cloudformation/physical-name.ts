import { createHash } from 'node:crypto';

/**
 * The name of a resource that its template does not name: made of stack and logical id alone, so that the cloud finds
 * the same things again when it is started anew. At most `longest` characters, which must be 20 or more.
 */
export function physicalName(stack: string, logicalId: string, longest: number): string {
  const suffix = hashOf(stack, logicalId, 8);
  const room = longest - suffix.length - 1;
  const stackPart = stack.slice(0, Math.max(8, room - logicalId.length - 1));
  return `${`${stackPart}-${logicalId}`.slice(0, room)}-${suffix}`;
}

/** An id such as API Gateway gives: ten letters and digits, always the same for the same resource. */
export function physicalId(stack: string, logicalId: string): string {
  return hashOf(stack, logicalId, 10);
}

function hashOf(stack: string, logicalId: string, length: number): string {
  const digest = createHash('sha256').update(`${stack}\n${logicalId}`).digest();
  return BigInt(`0x${digest.toString('hex')}`)
    .toString(36)
    .slice(0, length);
}
