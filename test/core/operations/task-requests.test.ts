import { expect, test } from '@jest/globals';
import type { OperationName } from '../../../core/job/operation-name.ts';
import { requireOperation } from '../../../core/operations/registry.ts';

test.each<[OperationName, object, number | undefined, object]>([
  ['S3PutObjectTagging', {}, undefined, { writes: 1 }],
  ['S3DeleteObjectTagging', {}, undefined, { deletes: 1 }],
  ['DeleteObject', {}, undefined, { writes: 0.001, deletes: 1 }],
  ['DeleteObject', { AllVersions: true }, undefined, { writes: 1, deletes: 1 }],
  ['S3PutObjectCopy', {}, 5 * 1024 ** 3, { writes: 1, kms: 0 }],
  ['S3PutObjectCopy', { SSEAwsKmsKeyId: 'k' }, undefined, { writes: 1, kms: 1 }],
  ['S3PutObjectCopy', { SSEAwsKmsKeyId: 'k', BucketKeyEnabled: true }, undefined, { writes: 1, kms: 0 }],
  // 24 parts of 256 MiB.
  ['S3PutObjectCopy', {}, 6 * 1024 ** 3, { reads: 2, writes: 27, kms: 0 }],
  ['Move', {}, undefined, { reads: 3, writes: 1, deletes: 1, kms: 0 }],
  ['LambdaInvoke', {}, undefined, { invocations: 1 }],
  ['LambdaInvoke', { TasksPerInvocation: 50 }, undefined, { invocations: 0.02 }],
  ['S3ComputeObjectChecksum', {}, undefined, { reads: 1, bytesRead: 0 }],
  // In ranges of 4 MiB.
  ['S3ComputeObjectChecksum', {}, 9 * 1024 ** 2, { reads: 3, bytesRead: 9 * 1024 ** 2 }],
  ['S3InitiateRestoreObject', {}, undefined, { restores: 1 }],
])('%s %j of %s bytes', (name, parameters, bytes, requests) => {
  expect(requireOperation(name).requestsPerTask(parameters, bytes)).toEqual(requests);
});
