import * as encryption from './operations/bucket-encryption.ts';
import * as inventories from './operations/bucket-inventory.ts';
import { getObjectLockConfiguration, putObjectLockConfiguration } from './operations/bucket-lock.ts';
import * as buckets from './operations/buckets.ts';
import { deleteObject, deleteObjects } from './operations/delete-object.ts';
import { abortMultipartUpload, completeMultipartUpload } from './operations/end-upload.ts';
import { getObjectAttributes } from './operations/get-attributes.ts';
import { listObjectsV1, listObjectsV2 } from './operations/list-objects.ts';
import { listMultipartUploads, listParts } from './operations/list-uploads.ts';
import { listObjectVersions } from './operations/list-versions.ts';
import { getObjectAcl, putObjectAcl } from './operations/object-acl.ts';
import {
  getObjectLegalHold,
  getObjectRetention,
  putObjectLegalHold,
  putObjectRetention,
} from './operations/object-lock.ts';
import * as ownership from './operations/ownership.ts';
import { putObject } from './operations/put-object.ts';
import { getObject, headObject, RESPONSE_OVERRIDES } from './operations/read-object.ts';
import { restoreObject } from './operations/restore-object.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './operations/tag-object.ts';
import { updateObjectEncryption } from './operations/update-encryption.ts';
import { createMultipartUpload, uploadPart } from './operations/upload-parts.ts';
import type { Handler } from './protocol/call.ts';
import { notImplemented, S3Error } from './s3-error.ts';

export type Level = 'service' | 'bucket' | 'object';

interface Route {
  readonly handler: Handler;
  /** Query parameters that it takes besides the one that selects it. */
  readonly parameters: readonly string[];
}

const LISTING = ['delimiter', 'encoding-type', 'max-keys', 'prefix'];

/** `METHOD level` or `METHOD level selector`, the selector being the query parameter that tells operations apart. */
const ROUTES: ReadonlyMap<string, Route> = new Map([
  route('GET service', buckets.listBuckets, 'bucket-region', 'continuation-token', 'max-buckets', 'prefix'),
  route('PUT bucket', buckets.createBucket),
  route('HEAD bucket', buckets.headBucket),
  route('DELETE bucket', buckets.deleteBucket),
  route('GET bucket location', buckets.getBucketLocation),
  route('GET bucket versioning', buckets.getBucketVersioning),
  route('PUT bucket versioning', buckets.putBucketVersioning),
  route('GET bucket notification', buckets.getBucketNotification),
  route('PUT bucket notification', buckets.putBucketNotification),
  route('GET bucket encryption', encryption.getBucketEncryption),
  route('PUT bucket encryption', encryption.putBucketEncryption),
  route('DELETE bucket encryption', encryption.deleteBucketEncryption),
  route('GET bucket ownershipControls', ownership.getBucketOwnershipControls),
  route('PUT bucket ownershipControls', ownership.putBucketOwnershipControls),
  route('DELETE bucket ownershipControls', ownership.deleteBucketOwnershipControls),
  route('GET bucket inventory', inventories.getOrListBucketInventories, 'id', 'continuation-token'),
  route('PUT bucket inventory', inventories.putBucketInventory, 'id'),
  route('DELETE bucket inventory', inventories.deleteBucketInventory, 'id'),
  route('GET bucket object-lock', getObjectLockConfiguration),
  route('PUT bucket object-lock', putObjectLockConfiguration),
  route('GET bucket', listObjectsV1, ...LISTING, 'marker'),
  route('GET bucket list-type', listObjectsV2, ...LISTING, 'continuation-token', 'fetch-owner', 'start-after'),
  route('GET bucket versions', listObjectVersions, ...LISTING, 'key-marker', 'version-id-marker'),
  route(
    'GET bucket uploads',
    listMultipartUploads,
    ...['delimiter', 'encoding-type', 'key-marker', 'max-uploads', 'prefix', 'upload-id-marker'],
  ),
  route('POST bucket delete', deleteObjects),
  route('GET object', getObject, 'versionId', 'partNumber', ...RESPONSE_OVERRIDES),
  route('HEAD object', headObject, 'versionId', 'partNumber', ...RESPONSE_OVERRIDES),
  route('PUT object', putObject),
  route('DELETE object', deleteObject, 'versionId'),
  route('GET object acl', getObjectAcl, 'versionId'),
  route('PUT object acl', putObjectAcl, 'versionId'),
  route('PUT object encryption', updateObjectEncryption, 'versionId'),
  route('GET object attributes', getObjectAttributes, 'versionId'),
  route('GET object tagging', getObjectTagging, 'versionId'),
  route('PUT object tagging', putObjectTagging, 'versionId'),
  route('DELETE object tagging', deleteObjectTagging, 'versionId'),
  route('GET object retention', getObjectRetention, 'versionId'),
  route('PUT object retention', putObjectRetention, 'versionId'),
  route('GET object legal-hold', getObjectLegalHold, 'versionId'),
  route('PUT object legal-hold', putObjectLegalHold, 'versionId'),
  route('POST object restore', restoreObject, 'versionId'),
  route('POST object uploads', createMultipartUpload),
  route('PUT object uploadId', uploadPart, 'partNumber'),
  route('POST object uploadId', completeMultipartUpload),
  route('DELETE object uploadId', abortMultipartUpload),
  route('GET object uploadId', listParts, 'encoding-type', 'max-parts', 'part-number-marker'),
]);

/**
 * The operation that a request asks for. A query parameter that the operation does not take is refused, known to S3 or
 * not: to accept it in silence would be to do something else than was asked.
 */
export function findHandler(method: string, level: Level, query: ReadonlyMap<string, string>): Handler {
  const base = `${method} ${level}`;
  if (query.size === 0) return (ROUTES.get(base) ?? refuse(base)).handler;
  const names = [...query.keys()];
  const selector = names.find((name) => ROUTES.has(`${base} ${name}`));
  const found = ROUTES.get(selector === undefined ? base : `${base} ${selector}`);
  const unknown = names.find((name) => name !== selector && !found?.parameters.includes(name));
  if (unknown !== undefined) throw notImplemented(`${base} with the query parameter ${unknown}`);
  if (selector === 'list-type' && query.get(selector) !== '2') throw notImplemented('any list-type but 2');
  return (found ?? refuse(base)).handler;
}

function route(name: string, handler: Handler, ...parameters: string[]): [string, Route] {
  return [name, { handler, parameters }];
}

function refuse(request: string): never {
  if (request === 'POST bucket') throw notImplemented('uploads by HTML form');
  throw new S3Error('MethodNotAllowed', undefined, { Method: request.split(' ')[0] ?? '', ResourceType: 'SERVICE' });
}
