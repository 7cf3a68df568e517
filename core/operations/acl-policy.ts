import type { z } from 'zod';
import type { S3Grant } from '../s3/requests/object-acl.ts';
import type { Problem } from '../validation/invalid-input.ts';
import { grantCountProblems, granteeTypeProblems } from './grants.ts';
import type { PARAMETERS } from './schema.ts';

type Policy = z.infer<typeof PARAMETERS.S3PutObjectAcl>['AccessControlPolicy'];
type AclMembers = NonNullable<NonNullable<Policy>['AccessControlList']>;
type GrantMembers = NonNullable<AclMembers['Grants']>[number];

const GROUPS = 'http://acs.amazonaws.com/groups/global';
const ALL_USERS = `${GROUPS}/AllUsers`;
const PATH = 'Operation.S3PutObjectAcl.AccessControlPolicy';

/** What is wrong with the ACL that a job asks for, beyond its schema. */
export function aclProblems(policy: Policy): Problem[] {
  const { AccessControlList: list, CannedAccessControlList: canned } = policy ?? {};
  if ((list === undefined) === (canned === undefined)) {
    const found = list === undefined ? 'neither' : 'both';
    return [{ path: PATH, says: `must have either AccessControlList or CannedAccessControlList, but has ${found}` }];
  }
  return list === undefined ? [] : listProblems(list);
}

function listProblems({ Owner: { ID }, Grants = [] }: AclMembers): Problem[] {
  const path = `${PATH}.AccessControlList`;
  const noOwner = {
    path: `${path}.Owner.ID`,
    says: "is missing: it must be the canonical user id of the objects' owner",
  };
  return [
    ...(ID === undefined ? [noOwner] : []),
    ...grantCountProblems(Grants.length, `${path}.Grants`),
    ...Grants.flatMap((grant, index) => grantProblems(grant, `${path}.Grants[${index}]`)),
  ];
}

function grantProblems({ Grantee, Permission }: GrantMembers, path: string): Problem[] {
  const problems: Problem[] = [];
  if (Grantee === undefined) problems.push({ path: `${path}.Grantee`, says: 'is missing' });
  else problems.push(...granteeProblems(Grantee, `${path}.Grantee`));
  if (Permission === undefined) problems.push({ path: `${path}.Permission`, says: 'is missing' });
  return problems;
}

function granteeProblems(
  { TypeIdentifier: type, Identifier }: NonNullable<GrantMembers['Grantee']>,
  path: string,
): Problem[] {
  const problems = granteeTypeProblems(type, path);
  if (Identifier === undefined) {
    problems.push({
      path: `${path}.Identifier`,
      says: 'is missing: it must be a canonical user id, or the URI of a group',
    });
  }
  return problems;
}

/**
 * What a canned ACL grants; undefined where that takes more than the object's owner to know: who owns the bucket, which id
 * another service has in this partition. Source: User Guide, "Canned ACL".
 */
export function cannedGrants(canned: string, ownerId: string): readonly S3Grant[] | undefined {
  const others = CANNED[canned];
  return others === undefined ? undefined : [{ id: ownerId, permission: 'FULL_CONTROL' }, ...others];
}

const CANNED: Readonly<Record<string, readonly S3Grant[]>> = {
  private: [],
  'public-read': [{ uri: ALL_USERS, permission: 'READ' }],
  'public-read-write': [
    { uri: ALL_USERS, permission: 'READ' },
    { uri: ALL_USERS, permission: 'WRITE' },
  ],
  'authenticated-read': [{ uri: `${GROUPS}/AuthenticatedUsers`, permission: 'READ' }],
};
