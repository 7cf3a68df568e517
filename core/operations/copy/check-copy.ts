import { parseBucketArn } from '../../job/object-arn.ts';
import type { JobRequest } from '../../job/request.ts';
import { isHeaderName, isPlainHeader } from '../../s3/header-text.ts';
import type { Problem } from '../../validation/invalid-input.ts';
import { grantCountProblems, granteeTypeProblems } from '../grants.ts';
import { hasTaskParameters } from '../task-parameters/asked.ts';
import { asksForMetadata, type CopyParameters, contentMembers, encryptionOf, type Grants } from './copy-parameters.ts';
import { needsVersion, parseTargetKey } from './target-key.ts';

/** Bytes of names and values of an object's user metadata (S3 User Guide, "Working with object metadata"). */
const USER_METADATA_BYTES = 2_048;

/** Where a request has the members of S3's own operation, and those that Drover adds. */
interface Paths {
  readonly own: string;
  readonly drover: string;
}

/** What is wrong with a request for a copy or a move, beyond its members' own forms. */
export function checkCopy(request: JobRequest, parameters: CopyParameters, paths: Paths): Problem[] {
  return [
    ...targetProblems(request, parameters, paths),
    ...metadataProblems(parameters),
    ...userMetadataProblems(parameters),
    ...encryptionProblems(parameters),
    ...aclProblems(parameters),
    ...lockProblems(parameters),
    ...redirectProblems(parameters),
  ].map(({ path, says }) => ({ path: path.startsWith('Operation') ? path : `${paths.own}.${path}`, says }));
}

function targetProblems(request: JobRequest, parameters: CopyParameters, paths: Paths): Problem[] {
  return [...bucketProblems(parameters), ...templateProblems(request, parameters, paths)];
}

function bucketProblems({ TargetResource: arn }: CopyParameters): Problem[] {
  const path = 'TargetResource';
  if (arn === undefined) {
    return [{ path, says: 'is missing: it must be the ARN of a bucket, like arn:aws:s3:::amzn-s3-demo-bucket' }];
  }
  const bucket = parseBucketArn(arn);
  if (/^arn:[^:]+:s3express:/.test(arn) || bucket?.endsWith('--x-s3') === true) {
    return [{ path, says: 'is a directory bucket, and only general purpose buckets are supported' }];
  }
  if (arn.includes(':accesspoint/') || arn.includes(':accesspoint:')) {
    return [{ path, says: 'is an access point: give the ARN of its bucket, like arn:aws:s3:::amzn-s3-demo-bucket' }];
  }
  if (bucket !== undefined) return [];
  return [{ path, says: 'must be the ARN of a bucket and no more, like arn:aws:s3:::amzn-s3-demo-bucket' }];
}

function templateProblems(request: JobRequest, { TargetKey, TargetKeyPrefix }: CopyParameters, paths: Paths) {
  if (TargetKey === undefined) return [];
  const path = `${paths.drover}.TargetKey`;
  const problems: Problem[] = [];
  if (TargetKeyPrefix !== undefined) problems.push({ path, says: 'must not be given together with TargetKeyPrefix' });
  // Its placeholders are then checked as those of any other value.
  if (hasTaskParameters(request)) return problems;
  const template = parseTargetKey(TargetKey);
  const fields = request.Manifest?.Spec?.Fields;
  if ('problem' in template) problems.push({ path, says: template.problem });
  else if (needsVersion(template) && fields !== undefined && !fields.includes('VersionId')) {
    problems.push({ path, says: 'wants the version of each object, but Manifest.Spec.Fields has no VersionId' });
  }
  return problems;
}

function metadataProblems({ NewObjectMetadata: metadata, MetadataDirective }: CopyParameters): Problem[] {
  if (metadata === undefined) return [];
  const problems: Problem[] = [];
  if (MetadataDirective === 'COPY' && asksForMetadata(metadata)) {
    const says = 'is COPY, which keeps the metadata, but NewObjectMetadata gives others: REPLACE would set them';
    problems.push({ path: 'MetadataDirective', says });
  }
  for (const member of ['ContentLength', 'ContentMD5'] as const) {
    if (metadata[member] === undefined) continue;
    problems.push({ path: `NewObjectMetadata.${member}`, says: 'cannot be set: it follows from each object’s bytes' });
  }
  if (metadata.RequesterCharged === true) {
    problems.push({ path: 'NewObjectMetadata.RequesterCharged', says: 'has been replaced: set RequesterPays instead' });
  }
  for (const { member, value } of contentMembers(metadata)) {
    if (!isPlainHeader(value)) problems.push({ path: `NewObjectMetadata.${member}`, says: 'must be printable ASCII' });
  }
  return problems;
}

function userMetadataProblems({ NewObjectMetadata: metadata }: CopyParameters): Problem[] {
  const path = 'NewObjectMetadata.UserMetadata';
  const entries = Object.entries(metadata?.UserMetadata ?? {});
  const problems: Problem[] = [];
  const bad = entries.find(([name]) => !isHeaderName(name))?.[0];
  if (bad !== undefined) {
    const says = `has the key ${JSON.stringify(bad.slice(0, 60))}: keys are made of letters, digits and !#$%&'*+-.^_\`|~`;
    problems.push({ path, says });
  }
  const names = entries.map(([name]) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    problems.push({ path, says: `must not have the key ${twice} twice: S3 makes keys lower-case` });
  const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
  if (bytes > USER_METADATA_BYTES) {
    problems.push({
      path,
      says: `must take at most ${USER_METADATA_BYTES} bytes, names and values, but takes ${bytes}`,
    });
  }
  return problems;
}

function encryptionProblems(parameters: CopyParameters): Problem[] {
  const { SSEAwsKmsKeyId, BucketKeyEnabled } = parameters;
  const problems: Problem[] = [];
  const isAes = encryptionOf(parameters) === 'AES256';
  if (SSEAwsKmsKeyId !== undefined && isAes) {
    problems.push({ path: 'SSEAwsKmsKeyId', says: 'needs NewObjectMetadata.SSEAlgorithm to be KMS, but it is AES256' });
  }
  if (SSEAwsKmsKeyId !== undefined && !isPlainHeader(SSEAwsKmsKeyId)) {
    problems.push({ path: 'SSEAwsKmsKeyId', says: 'must be the id, the ARN or the alias of a KMS key' });
  }
  if (BucketKeyEnabled === true && isAes) {
    problems.push({ path: 'BucketKeyEnabled', says: 'needs SSE-KMS, but NewObjectMetadata.SSEAlgorithm is AES256' });
  }
  return problems;
}

function aclProblems({ CannedAccessControlList, AccessControlGrants: grants }: CopyParameters): Problem[] {
  if (grants === undefined) return [];
  const path = 'AccessControlGrants';
  const problems = grants.flatMap((grant, index) => grantProblems(`${path}[${index}]`, grant));
  if (CannedAccessControlList !== undefined) {
    problems.push({ path, says: 'must not be given together with CannedAccessControlList' });
  }
  return [...problems, ...grantCountProblems(grants.length, path)];
}

function grantProblems(path: string, { Grantee, Permission }: Grants[number]): Problem[] {
  const { TypeIdentifier: type, Identifier } = Grantee ?? {};
  const problems: Problem[] = [];
  if (Permission === undefined) problems.push({ path: `${path}.Permission`, says: 'is missing' });
  if (Permission === 'WRITE') {
    problems.push({ path: `${path}.Permission`, says: 'is WRITE, which S3 grants on buckets, not on objects' });
  }
  problems.push(...granteeTypeProblems(type, `${path}.Grantee`));
  if (Identifier === undefined) problems.push({ path: `${path}.Grantee.Identifier`, says: 'is missing' });
  else if (!isPlainHeader(Identifier) || Identifier.includes('"')) {
    problems.push({ path: `${path}.Grantee.Identifier`, says: 'must be a canonical user id, or the URI of a group' });
  }
  return problems;
}

function lockProblems({ ObjectLockMode: mode, ObjectLockRetainUntilDate: date }: CopyParameters): Problem[] {
  if ((mode === undefined) === (date === undefined)) return [];
  const [given, other] =
    mode === undefined
      ? ['ObjectLockRetainUntilDate', 'ObjectLockMode']
      : ['ObjectLockMode', 'ObjectLockRetainUntilDate'];
  return [{ path: other, says: `is missing: S3 takes ${given} only together with it` }];
}

function redirectProblems({ RedirectLocation: location }: CopyParameters): Problem[] {
  if (location === undefined || (/^(\/|https?:\/\/)/.test(location) && isPlainHeader(location))) return [];
  return [{ path: 'RedirectLocation', says: 'must begin with /, http:// or https:// and be printable ASCII' }];
}
