import { describe, expect, test } from '@jest/globals';
import { findOperation, OPERATIONS, operationOf } from '../../../core/operations/registry.ts';
import { PARAMETERS } from '../../../core/operations/schema.ts';

describe('each operation', () => {
  test.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    '%s is complete',
    (name, operation) => {
      expect(operation.schema).toBe(PARAMETERS[name]);
      expect(findOperation(name)).toBe(operation);
      expect(operation.summary).toMatch(/^[A-Z].*\.$/);
      expect(operation.repetition).toMatch(/^[A-Z].*\.$/);
      expect(operation.roleActions.length).toBeGreaterThan(0);
      const actions = [...operation.roleActions, ...(operation.examineActions ?? [])];
      for (const action of actions) expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z]+\*?$/);
      expect(new Set(actions).size).toBe(actions.length);
      for (const difference of operation.differences) expect(difference).toMatch(/^[A-Z].*\.$/s);
      expect(operation.concurrency).toBeGreaterThanOrEqual(1);
      expect(operation.schema.safeParse('nonsense').success).toBe(false);
    },
  );

  test.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    '%s says what a task asks for, and an object of more bytes never asks for less',
    (_name, operation) => {
      const parameters = { ObjectEncryption: { SSEKMS: { KMSKeyArn: 'k' } } };
      const [small, large] = [operation.requestsPerTask(parameters, 1), operation.requestsPerTask(parameters, 50e9)];
      expect(Object.values(operation.requestsPerTask(parameters)).some((count) => count > 0)).toBe(true);
      for (const [what, count] of Object.entries(small)) {
        expect(count).toBeGreaterThanOrEqual(0);
        expect(large[what as keyof typeof large]).toBeGreaterThanOrEqual(count);
      }
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

  test('has what Drover adds to it', () => {
    const LambdaInvoke = { FunctionArn: 'f' };
    const { operation, parameters } = operationOf({
      Operation: { LambdaInvoke, Drover: { LambdaInvoke: { TasksPerInvocation: 5 } } },
    });
    expect(operation.name).toBe('LambdaInvoke');
    expect(parameters).toEqual({ FunctionArn: 'f', TasksPerInvocation: 5 });
  });

  test('that is not built is an error', () => {
    expect(findOperation('S3ReplicateObject')).toBeUndefined();
    expect(() => operationOf({ Operation: { S3ReplicateObject: {} } })).toThrow('S3ReplicateObject is not built');
  });
});
