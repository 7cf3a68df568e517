import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  Runtime,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FunctionSettings } from '../../../local/lambda/function-record.ts';
import { type LambdaHost, openLambda, ROLE } from './lambda-host.ts';
import { until } from './until.ts';
import { zip } from './zip.ts';

let folder: string;
let host: LambdaHost;
let client: LambdaClient;
let made = 0;

const BASE = { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: ROLE };

async function put(source: string, settings: FunctionSettings = {}): Promise<string> {
  made += 1;
  const code = await mkdtemp(join(folder, 'code-'));
  await writeFile(join(code, 'index.mjs'), source);
  await host.service.putFunction(`f${made}`, { ...BASE, ...settings }, code);
  return `f${made}`;
}

async function invoke(FunctionName: string, event: unknown = {}, input: Partial<InvokeCommandInput> = {}) {
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), ...input }));
  const text = answer.Payload?.transformToString() ?? '';
  return { ...answer, result: text === '' ? undefined : JSON.parse(text) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  host = await openLambda(folder, { concurrentExecutions: 12, asyncRetryDelays: [10, 20] });
  client = new LambdaClient({
    endpoint: host.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await host.close();
  await rm(folder, { recursive: true });
});

describe('an invocation', () => {
  test('hands the event and the context to the handler and its answer back', async () => {
    const name = await put(`export const handler = async (event, context) => ({
      event, name: context.functionName, arn: context.invokedFunctionArn, id: context.awsRequestId,
      memory: context.memoryLimitInMB, left: context.getRemainingTimeInMillis() });`);
    const answer = await invoke(name, { a: 'ä' });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.result).toMatchObject({ event: { a: 'ä' }, name, memory: '128' });
    expect(answer.result.arn).toBe(`arn:aws:lambda:us-east-1:000000000000:function:${name}`);
    expect(answer.result.id).toBe(answer.$metadata.requestId);
    expect(answer.result.left).toBeGreaterThan(2_000);
    expect(answer.result.left).toBeLessThanOrEqual(3_000);
  });

  test('finds the function by its name, its ARN and a partial ARN, and keeps $LATEST only', async () => {
    const name = await put('export const handler = async () => 7;');
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    for (const given of [arn, `${arn}:$LATEST`, `000000000000:function:${name}`, `${name}:$LATEST`]) {
      expect((await invoke(given)).result).toBe(7);
    }
    await expect(invoke(`${name}:live`)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(invoke(arn.replace('us-east-1', 'eu-west-1'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('runs CommonJS modules with callbacks, and answers null when nothing is left to answer', async () => {
    const code = await mkdtemp(join(folder, 'code-'));
    await writeFile(
      join(code, 'main.cjs'),
      'exports.go = (event, context, callback) => event.n && setTimeout(() => callback(null, event.n), 5);',
    );
    await host.service.putFunction('callback', { ...BASE, Handler: 'main.go' }, code);
    expect((await invoke('callback', { n: 5 })).result).toBe(5);
    expect((await invoke('callback', {})).result).toBeNull();
    expect((await invoke('callback', { n: 6 })).result).toBe(6);
  });

  test('gives a function its own environment and nothing of ours', async () => {
    process.env.AWS_PROFILE = 'mine';
    const name = await put('export const handler = async () => process.env;', {
      Environment: { Variables: { OWN: '1' } },
    });
    const { result } = await invoke(name);
    delete process.env.AWS_PROFILE;
    expect(result).toMatchObject({
      OWN: '1',
      EXTRA: 'more',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: host.endpoint,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      _HANDLER: 'index.handler',
    });
    expect(result.AWS_ACCESS_KEY_ID).toMatch(/^ASIAREADER/);
    expect(result).not.toHaveProperty('AWS_PROFILE');
    expect(result).not.toHaveProperty('NODE_OPTIONS');
  });

  test('reuses a warm process, and a new one after a change', async () => {
    const name = await put('let n = 0; export const handler = async () => ({ n: ++n, pid: process.pid });');
    const first = (await invoke(name)).result;
    expect((await invoke(name)).result).toEqual({ n: 2, pid: first.pid });
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 5 }));
    expect((await invoke(name)).result.n).toBe(1);
  });

  test('opens 1,024 descriptors at most', async () => {
    const name = await put(`import { execSync } from 'node:child_process';
      export const handler = async () => Number(execSync('ulimit -n').toString());`);
    expect((await invoke(name)).result).toBe(1_024);
  });

  test('answers 202 to an event and 204 to a dry run', async () => {
    const name = await put('export const handler = async () => 1;');
    expect(await invoke(name, {}, { InvocationType: 'Event' })).toMatchObject({ StatusCode: 202, result: undefined });
    expect(await invoke(name, {}, { InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
  });
});

describe('what goes wrong in a function', () => {
  test('is an unhandled error with type, message and trace', async () => {
    const name = await put(`export const handler = async () => { throw new RangeError('too far'); };`);
    const answer = await invoke(name);
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(answer.result).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
    expect(answer.result.trace[0]).toBe('RangeError: too far');
  });

  test('is told when it happens while the code is loaded', async () => {
    const cases = [
      [await put(`import 'no-such-module'; export const handler = 1;`), 'Runtime.ImportModuleError'],
      [await put('export const other = 1;'), 'Runtime.HandlerNotFound'],
      [await put('export const handler = {{;'), 'Runtime.UserCodeSyntaxError'],
      [await put(`throw new TypeError('at once');`), 'TypeError'],
    ] as const;
    for (const [name, errorType] of cases) {
      expect(await invoke(name)).toMatchObject({ FunctionError: 'Unhandled', result: { errorType } });
    }
  });

  test('ends the process at the time limit, busy loops too', async () => {
    const name = await put(
      'export const handler = async (event) => { if (event.loop) for (;;); return process.pid; };',
      {
        Timeout: 1,
      },
    );
    const { result: pid } = await invoke(name);
    const answer = await invoke(name, { loop: true });
    expect(answer.FunctionError).toBe('Unhandled');
    const id = answer.$metadata.requestId;
    expect(answer.result).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${id} Error: Task timed out after 1.00 seconds`,
    });
    await until(() => !isRunning(pid));
    expect((await invoke(name)).result).not.toBe(pid);
  });

  test('is a Runtime.ExitError when the process dies', async () => {
    const name = await put(`export const handler = async (event) => {
      if (event.signal) process.kill(process.pid, event.signal); else process.exit(event.status); };`);
    const messages = [];
    for (const event of [{ signal: 'SIGKILL' }, { status: 3 }, { status: 0 }]) {
      const answer = await invoke(name, event);
      expect(answer).toMatchObject({ FunctionError: 'Unhandled', result: { errorType: 'Runtime.ExitError' } });
      messages.push(answer.result.errorMessage.replace(/^RequestId: \S+ Error: /, ''));
    }
    expect(messages).toEqual([
      'Runtime exited with error: signal: killed',
      'Runtime exited with error: exit status 3',
      'Runtime exited without providing a reason',
    ]);
  });

  test('leaves no broken process for the next invocation when nobody catches it', async () => {
    const name = await put(`export const handler = (event, context, callback) => {
      if (event.bad) setTimeout(() => { throw new Error('late'); }, 1); else callback(null, 'fine'); };`);
    expect(await invoke(name, { bad: true })).toMatchObject({ result: { errorMessage: 'late' } });
    expect((await invoke(name)).result).toBe('fine');
  });
});

describe('limits', () => {
  test('of payloads: 6 MB there, 6 MB back, 1 MB for an event', async () => {
    const name = await put(`export const handler = async ({ text, size }) => text?.length ?? 'x'.repeat(size);`);
    const fitting = 6_291_456 - JSON.stringify({ text: '' }).length;
    expect((await invoke(name, { text: 'x'.repeat(fitting) })).result).toBe(fitting);
    const tooLarge = { name: 'RequestTooLargeException', $metadata: { httpStatusCode: 413 } };
    await expect(invoke(name, { text: 'x'.repeat(fitting + 1) })).rejects.toMatchObject(tooLarge);
    const event = { text: 'x'.repeat(1_048_576) };
    await expect(invoke(name, event, { InvocationType: 'Event' })).rejects.toMatchObject(tooLarge);
    expect((await invoke(name, { size: 6_000_000 })).result).toHaveLength(6_000_000);
    expect(await invoke(name, { size: 7_000_000 })).toMatchObject({
      FunctionError: 'Unhandled',
      result: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  test('of the environment: 4 KB, and no names of Lambda itself', async () => {
    const refusal = { name: 'InvalidParameterValueException' };
    const large = { Environment: { Variables: { LARGE: 'x'.repeat(4_096) } } };
    await expect(put('', large)).rejects.toMatchObject(refusal);
    await expect(put('', { Environment: { Variables: { AWS_REGION: 'x' } } })).rejects.toMatchObject(refusal);
  });

  test('of the account: one invocation too many is throttled; events wait', async () => {
    const name = await put(
      `import { existsSync } from 'node:fs'; import { setTimeout } from 'node:timers/promises';
       export const handler = async ({ gate }) => { while (!existsSync(gate)) await setTimeout(5); return 'through'; };`,
      { Timeout: 20 },
    );
    const gate = join(folder, 'gate');
    const running = Array.from({ length: 12 }, () => invoke(name, { gate }));
    const throttle = {
      name: 'TooManyRequestsException',
      Reason: 'ConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    };
    await until(() =>
      invoke(name, { gate: folder }).then(
        () => false,
        () => true,
      ),
    );
    await expect(invoke(name, { gate })).rejects.toMatchObject(throttle);
    await expect(host.service.invoke(name, '{}')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    const marker = join(folder, 'marker');
    const writer = await put(`import { writeFileSync } from 'node:fs';
      export const handler = async ({ marker }) => writeFileSync(marker, 'ran');`);
    await invoke(writer, { marker }, { InvocationType: 'Event' });
    await writeFile(gate, '');
    const answers = await Promise.all(running);
    expect(answers.map(({ result }) => result)).toEqual(Array(12).fill('through'));
    await until(async () => (await readFile(marker, 'utf8').catch(() => '')) === 'ran');
  });

  test('of a function: what it has reserved, and ten must stay unreserved', async () => {
    const name = await put('export const handler = async () => 1;');
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 2 }));
    const settings = await client.send(new GetAccountSettingsCommand({}));
    expect(settings.AccountLimit).toMatchObject({ ConcurrentExecutions: 12, UnreservedConcurrentExecutions: 10 });
    const known = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: name }));
    expect(known.ReservedConcurrentExecutions).toBe(2);
    const more = new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 3 });
    await expect(client.send(more)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }));
    const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    await expect(invoke(name)).rejects.toMatchObject({ name: 'TooManyRequestsException', Reason });
  });
});

describe('asynchronous events', () => {
  test('are tried three times and then dropped, with a line in the log', async () => {
    const file = join(folder, 'tries');
    const name = await put(`import { appendFileSync } from 'node:fs';
      export const handler = async (event, { awsRequestId }) => {
        appendFileSync(event.file, awsRequestId + ' '); throw new Error('no'); };`);
    const answer = await invoke(name, { file }, { InvocationType: 'Event' });
    const log = join(folder, 'logs', `${name}.log`);
    await until(async () => (await readFile(log, 'utf8').catch(() => '')).includes('is dropped: it failed 3 times'));
    expect(await readFile(file, 'utf8')).toBe(`${answer.$metadata.requestId} `.repeat(3));
  });

  test('of a function that does not exist are refused', async () => {
    const refusal = { name: 'ResourceNotFoundException' };
    await expect(invoke('nobody', {}, { InvocationType: 'Event' })).rejects.toMatchObject(refusal);
  });
});

describe('logs', () => {
  test('have what the function prints between START, END and REPORT, and the tail on demand', async () => {
    const name = await put(
      `export const handler = async () => { console.log('hello %s', 'you'); console.error('bad'); };`,
    );
    const answer = await invoke(name, {}, { LogType: 'Tail' });
    const id = answer.$metadata.requestId;
    const tail = Buffer.from(answer.LogResult ?? '', 'base64').toString();
    const lines = tail.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe(`START RequestId: ${id} Version: $LATEST`);
    expect(lines[1]).toMatch(new RegExp(`^\\S+Z\t${id}\tINFO\thello you$`));
    expect(lines[2]).toMatch(new RegExp(`\t${id}\tERROR\tbad$`));
    expect(lines[3]).toBe(`END RequestId: ${id}`);
    expect(lines[4]).toMatch(/^REPORT .*Duration: [\d.]+ ms.*Max Memory Used: \d+ MB.*Init Duration: /);
    const file = join(folder, 'logs', `${name}.log`);
    await until(async () => (await readFile(file, 'utf8').catch(() => '')) === tail);
  });
});

describe('functions over the API', () => {
  test('are created from a zip file, changed, listed and deleted', async () => {
    const FunctionName = 'uploaded';
    const source = 'export const handler = async () => "one";';
    const create = {
      FunctionName,
      Runtime: Runtime.nodejs22x,
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile: await zip({ 'index.mjs': source }) },
    };
    const created = await client.send(new CreateFunctionCommand(create));
    expect(created).toMatchObject({ State: 'Active', Timeout: 3, MemorySize: 128, Runtime: 'nodejs22.x' });
    await expect(client.send(new CreateFunctionCommand(create))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    expect((await invoke(FunctionName)).result).toBe('one');
    const ZipFile = await zip({ 'index.mjs': source.replace('one', 'two') });
    await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    expect((await invoke(FunctionName)).result).toBe('two');
    const got = await client.send(new GetFunctionCommand({ FunctionName }));
    expect(got.Configuration?.FunctionArn).toBe(created.FunctionArn);
    const page = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    expect(page.Functions).toHaveLength(1);
    const rest = await client.send(new ListFunctionsCommand({ Marker: page.NextMarker }));
    expect(rest.Functions?.map((entry) => entry.FunctionName)).toContain(FunctionName);
    await client.send(new DeleteFunctionCommand({ FunctionName }));
    await expect(invoke(FunctionName)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('are refused with what is wrong', async () => {
    const good = {
      FunctionName: 'x',
      Runtime: Runtime.nodejs22x,
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile: await zip({ 'index.mjs': '' }) },
    };
    const bad = [
      { ...good, Runtime: Runtime.java21 },
      { ...good, Timeout: 901 },
      { ...good, Code: { ZipFile: Buffer.from('no zip') } },
      { ...good, Code: { S3Bucket: 'b', S3Key: 'k' } },
      { ...good, VpcConfig: { SubnetIds: ['s'] } },
    ];
    for (const input of bad) {
      const refusal = { name: 'InvalidParameterValueException', $metadata: { httpStatusCode: 400 } };
      await expect(client.send(new CreateFunctionCommand(input))).rejects.toMatchObject(refusal);
    }
  });

  test('answer an event that is not JSON with InvalidRequestContentException', async () => {
    const name = await put('export const handler = async () => 1;');
    await expect(invoke(name, {}, { Payload: '{' })).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
