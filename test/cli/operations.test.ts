import { describe, expect, test } from '@jest/globals';
import { OPERATIONS } from '../../core/operations/registry.ts';
import { linesOf, runCli } from './support/run-cli.ts';

describe('drover operations', () => {
  test('lists every operation by the name that --operation takes, without asking anybody', async () => {
    const { code, stdout } = await runCli(['operations']);
    expect(code).toBe(0);
    expect(linesOf(stdout)).toHaveLength(OPERATIONS.length + 2);
    expect(stdout).toMatch(/^put-object-tagging +Replaces all tags of each object\.$/m);
    expect(linesOf(stdout).at(-1)).toBe('All about one: drover operations NAME');
  });

  test('lists them for programs by the names of the API', async () => {
    const { stdout } = await runCli(['operations', '--json']);
    expect(linesOf(stdout).map((line) => JSON.parse(line))).toEqual(
      OPERATIONS.map(({ name, summary }) => ({ Name: name, Summary: summary })),
    );
  });

  test('tells what one takes, what the role must be allowed, and what its repetition does', async () => {
    const { stdout } = await runCli(['operations', 'lambda-invoke']);
    const lines = linesOf(stdout);
    expect(lines[0]).toMatch(/^LambdaInvoke: .+\.$/);
    expect(lines).toContain('  FunctionArn (required): The function to invoke, with or without a version or alias.');
    expect(lines).toContain(
      '      the ARN of a Lambda function, like arn:aws:lambda:us-east-1:111122223333:function:my-function',
    );
    expect(lines).toContain('Role   must be allowed lambda:InvokeFunction');
    expect(lines).toContainEqual(expect.stringMatching(/^Twice {2}Invokes the function again/));
    expect(lines).toContain('Skips  --skip-unchanged is not supported');
  });

  test.each(OPERATIONS.map(({ name }) => name))('tells of %s', async (name) => {
    const { code, stdout } = await runCli(['operations', name, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ Name: name, RoleActions: expect.any(Array) });
  });

  test('says why one is not supported', async () => {
    const { code, stderr } = await runCli(['operations', 'replicate-object']);
    expect(code).toBe(2);
    expect(stderr).toContain('S3ReplicateObject is not supported: only S3 itself can replicate existing objects');
  });

  test('says when there is none of that name', async () => {
    const { code, stderr } = await runCli(['operations', 'inspekt']);
    expect(code).toBe(2);
    expect(linesOf(stderr)[0]).toBe(
      'drover: There is no operation inspekt. Did you mean Inspect? All that there are: drover operations',
    );
  });
});
