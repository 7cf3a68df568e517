import { describe, expect, test } from '@jest/globals';
import { findOperation, OPERATIONS, operationOf } from '../../../core/operations/registry.ts';
import { OPERATIONS_SCHEMA } from '../../../core/operations/schema.ts';

describe('each operation', () => {
  test.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    '%s is complete',
    (name, operation) => {
      expect(Object.keys(OPERATIONS_SCHEMA.shape)).toContain(name);
      expect(findOperation(name)).toBe(operation);
      expect(operation.summary).toMatch(/^[A-Z].*\.$/);
      expect(operation.repetition).toMatch(/^[A-Z].*\.$/);
      expect(operation.roleActions.length).toBeGreaterThan(0);
      for (const action of operation.roleActions) expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z]+$/);
      expect(operation.tasksPerShard).toBeGreaterThanOrEqual(1);
      expect(operation.concurrency).toBeGreaterThanOrEqual(1);
      expect(operation.schema.safeParse('nonsense').success).toBe(false);
    },
  );

  test('is there once', () => {
    expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length);
  });
});

describe('the operation of a request', () => {
  test('comes with its parameters', () => {
    const parameters = { TagSet: [] };
    const found = operationOf({ Operation: { S3PutObjectTagging: parameters } });
    expect(found).toEqual({ operation: findOperation('S3PutObjectTagging'), parameters });
  });

  test('that is not built is an error that names those that are', () => {
    expect(findOperation('S3PutObjectAcl')).toBeUndefined();
    expect(() => operationOf({ Operation: { S3PutObjectAcl: {} } })).toThrow('S3PutObjectTagging, LambdaInvoke');
  });
});
