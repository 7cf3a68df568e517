import { expect, test } from '@jest/globals';
import { requestKind } from '../../../core/s3/request-kind.ts';
import type { S3Request } from '../../../core/s3/s3-request.ts';

const OBJECT = { bucket: 'photos', key: 'k' };

test.each<[string | undefined, S3Request]>([
  ['HEAD', { method: 'HEAD', ...OBJECT }],
  ['HEAD', { method: 'HEAD', ...OBJECT, query: { partNumber: '1' } }],
  ['PUT tagging', { method: 'PUT', ...OBJECT, query: { tagging: '' } }],
  ['GET tagging', { method: 'GET', ...OBJECT, query: { tagging: '' } }],
  ['POST restore', { method: 'POST', ...OBJECT, query: { restore: '' } }],
  ['DELETE', { method: 'DELETE', ...OBJECT }],
  // An object's bytes, a copy, a part, the end of an upload: as large as it is.
  [undefined, { method: 'GET', ...OBJECT }],
  [undefined, { method: 'PUT', ...OBJECT, headers: { 'x-amz-copy-source': 'a/b' } }],
  [undefined, { method: 'PUT', ...OBJECT, query: { partNumber: '1', uploadId: 'u' } }],
  [undefined, { method: 'POST', ...OBJECT, query: { uploadId: 'u' }, errorIn200: true }],
  // A request to a bucket, of which there are few.
  [undefined, { method: 'POST', bucket: 'photos', query: { delete: '' }, errorIn200: true }],
  [undefined, { method: 'GET', bucket: 'photos', query: { acl: '' } }],
])('%s is the kind of %j', (kind, request) => {
  expect(requestKind(request)).toBe(kind);
});
