import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, InvokeCommand, LambdaClient, Runtime } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findOnPath } from '../../../local/lambda/runtime.ts';
import { type LambdaHost, openLambda, ROLE } from './lambda-host.ts';
import { zip } from './zip.ts';

let folder: string;
let host: LambdaHost;
let client: LambdaClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  host = await openLambda(folder);
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new LambdaClient({ endpoint: host.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await host.close();
  await rm(folder, { recursive: true });
});

async function create(FunctionName: string, source: string, Timeout = 3): Promise<void> {
  const Code = { ZipFile: await zip({ 'main.py': source }) };
  const settings = { Runtime: Runtime.python313, Handler: 'main.handler', Role: ROLE, Timeout };
  await client.send(new CreateFunctionCommand({ FunctionName, ...settings, Code }));
}

async function invoke(FunctionName: string, event: unknown = {}) {
  const answer = await client.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }),
  );
  return { ...answer, result: JSON.parse(answer.Payload?.transformToString() ?? '') };
}

if (findOnPath('python3') === undefined) {
  console.warn('There is no python3 on this machine: Python functions are not tested, only that they are refused');
  test('a Python function is refused where there is no python3', async () => {
    await expect(create('p', '')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
} else {
  describe('a Python function', () => {
    test('gets event and context, stays warm, and has its output in the log', async () => {
      await create(
        'echo',
        `import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print("call", calls)
    return {"event": event, "calls": calls, "left": context.get_remaining_time_in_millis(),
            "id": context.aws_request_id, "name": context.function_name, "region": os.environ["AWS_REGION"]}
`,
      );
      await invoke('echo');
      const { result, LogResult, $metadata } = await invoke('echo', { key: 'ü' });
      expect(result).toMatchObject({ event: { key: 'ü' }, calls: 2, name: 'echo', region: 'us-east-1' });
      expect(result.id).toBe($metadata.requestId);
      expect(result.left).toBeGreaterThan(2_000);
      expect(Buffer.from(LogResult ?? '', 'base64').toString()).toContain('\ncall 2\nEND ');
    });

    test('fails as Lambda words it', async () => {
      await create(
        'fail',
        `import sys, time
def handler(event, context):
    if event["how"] == "raise":
        raise KeyError("k")
    if event["how"] == "set":
        return {1, 2}
    if event["how"] == "exit":
        sys.exit(4)
    while True:
        pass
`,
        1,
      );
      const { result } = await invoke('fail', { how: 'raise' });
      expect(result).toMatchObject({ errorType: 'KeyError', errorMessage: "'k'" });
      expect(result.stackTrace[0]).toMatch(/main\.py", line 4, in handler/);
      const types = [];
      for (const how of ['set', 'exit', 'loop']) {
        const answer = await invoke('fail', { how });
        expect(answer.FunctionError).toBe('Unhandled');
        types.push(answer.result.errorType);
      }
      expect(types).toEqual(['Runtime.MarshalError', 'Runtime.ExitError', 'Sandbox.Timedout']);
    });

    test('that cannot be loaded says why', async () => {
      await create('lost', 'import no_such_module\n');
      expect((await invoke('lost')).result).toMatchObject({
        errorType: 'Runtime.ImportModuleError',
        errorMessage: "Unable to import module 'main': No module named 'no_such_module'",
      });
    });
  });
}
