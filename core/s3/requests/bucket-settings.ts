import type { S3Request } from '../s3-request.ts';
import { elementText } from '../xml-text.ts';

/** Whether a bucket keeps versions. GetBucketVersioning, S3 API reference. */
export function getBucketVersioningRequest(bucket: string): S3Request {
  return { method: 'GET', bucket, query: { versioning: '' } };
}

/** True for an answer of GetBucketVersioning that says that every write makes a version. */
export function versioningIsOn(document: string): boolean {
  return elementText(document, 'Status') === 'Enabled';
}

/**
 * Whether a bucket has Object Lock, and its default retention; refused with ObjectLockConfigurationNotFoundError where it
 * has none. GetObjectLockConfiguration, S3 API reference.
 */
export function getObjectLockConfigurationRequest(bucket: string): S3Request {
  return { method: 'GET', bucket, query: { 'object-lock': '' } };
}

/** True for an answer of GetObjectLockConfiguration that says that objects can be locked. */
export function objectLockIsOn(document: string): boolean {
  return elementText(document, 'ObjectLockEnabled') === 'Enabled';
}

/**
 * Who owns a bucket's objects; refused with OwnershipControlsNotFoundError where it has no setting.
 * GetBucketOwnershipControls, S3 API reference.
 */
export function getBucketOwnershipControlsRequest(bucket: string): S3Request {
  return { method: 'GET', bucket, query: { ownershipControls: '' } };
}

/** True for an answer of GetBucketOwnershipControls that says that the bucket has no use for ACLs. */
export function ownerIsEnforced(document: string): boolean {
  return elementText(document, 'ObjectOwnership') === 'BucketOwnerEnforced';
}
