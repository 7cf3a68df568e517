import type { Problem } from '../validation/invalid-input.ts';

/** Grants of one ACL (S3 User Guide, "Access control list (ACL) overview"). */
const MOST_GRANTS = 100;

/** What is wrong with so many grants. */
export function grantCountProblems(count: number, path: string): Problem[] {
  return count <= MOST_GRANTS ? [] : [{ path, says: `must have at most ${MOST_GRANTS} grants, but has ${count}` }];
}

/** What is wrong with how a grantee is named. */
export function granteeTypeProblems(type: string | undefined, grantee: string): Problem[] {
  const path = `${grantee}.TypeIdentifier`;
  if (type === undefined) return [{ path, says: 'is missing: it must be id or uri' }];
  if (type !== 'emailAddress') return [];
  const says = 'is emailAddress: S3 has not taken such grants since October 2025. Give the canonical user id by id';
  return [{ path, says }];
}
