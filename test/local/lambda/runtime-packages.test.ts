import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, InvokeCommand, LambdaClient, LogType, Runtime } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LambdaHost, openLambda, ROLE } from './lambda-host.ts';
import { zip } from './zip.ts';

let folder: string;
let host: LambdaHost;
let client: LambdaClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  host = await openLambda(folder);
  client = clientOf(host);
});

afterAll(async () => {
  client.destroy();
  await host.close();
  await rm(folder, { recursive: true });
});

function clientOf({ endpoint }: LambdaHost): LambdaClient {
  return new LambdaClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
}

async function create(FunctionName: string, files: Record<string, string>): Promise<void> {
  const Code = { ZipFile: await zip(files) };
  const settings = { Runtime: Runtime.nodejs22x, Handler: 'index.handler', Role: ROLE, Timeout: 30, MemorySize: 512 };
  await client.send(new CreateFunctionCommand({ FunctionName, ...settings, Code }));
}

async function invoke(FunctionName: string, by = client) {
  const answer = await by.send(new InvokeCommand({ FunctionName, LogType: LogType.Tail }));
  const result = JSON.parse(answer.Payload?.transformToString() ?? '');
  return { result, log: Buffer.from(answer.LogResult ?? '', 'base64').toString() };
}

/** A client is made, because it is then that the SDK has its say about the age of this Node. */
const BODY = `async () => ({
  region: await new S3Client({}).config.region(),
  signer: SignatureV4.name,
  later: (await import('@aws-sdk/lib-dynamodb')).DynamoDBDocumentClient.name });`;
const EXPECTED = { region: 'us-east-1', signer: 'SignatureV4', later: 'DynamoDBDocumentClient' };

describe('a Node function that does not bring the AWS SDK finds it, as in Lambda', () => {
  test.each([
    [
      'ES modules',
      'index.mjs',
      `import { S3Client } from '@aws-sdk/client-s3';
       import { SignatureV4 } from '@smithy/signature-v4';
       export const handler = ${BODY}`,
    ],
    [
      'CommonJS',
      'index.js',
      `const { S3Client } = require('@aws-sdk/client-s3');
       const { SignatureV4 } = require('@smithy/signature-v4');
       exports.handler = ${BODY}`,
    ],
  ])('in %s', async (_, file, source) => {
    const name = file.replace('.', '-');
    await create(name, { [file]: source });
    const { result, log } = await invoke(name);
    expect(result).toEqual(EXPECTED);
    expect(log).not.toContain('Warning');
  });

  test('but its own before ours', async () => {
    await create('own', {
      'index.mjs': `import * as sdk from '@aws-sdk/client-s3'; export const handler = async () => Object.keys(sdk);`,
      'node_modules/@aws-sdk/client-s3/package.json': '{ "type": "module", "exports": "./own.js" }',
      'node_modules/@aws-sdk/client-s3/own.js': 'export const own = 1;',
    });
    expect((await invoke('own')).result).toEqual(['own']);
  });

  test.each(['commander', '@aws-sdk/client-s3-control', '@smithy/none'])(
    'and nothing else of ours: %s',
    async (name) => {
      const functionName = name.replaceAll(/\W/g, '-');
      await create(functionName, { 'index.mjs': `import '${name}'; export const handler = async () => 1;` });
      expect((await invoke(functionName)).result).toMatchObject({
        errorType: 'Runtime.ImportModuleError',
        errorMessage: expect.stringContaining(`Cannot find package '${name}'`),
      });
    },
  );

  test('also after the next start', async () => {
    const next = await mkdtemp(join(tmpdir(), 'lambda-'));
    const first = await openLambda(next);
    await first.close();
    const second = await openLambda(next);
    const again = clientOf(second);
    try {
      const ZipFile = await zip({
        'index.cjs': "exports.handler = async () => Object.keys(require('@aws-sdk/client-sts'));",
      });
      const settings = { Runtime: Runtime.nodejs22x, Handler: 'index.handler', Role: ROLE, Timeout: 30 };
      await again.send(new CreateFunctionCommand({ FunctionName: 'sts', ...settings, Code: { ZipFile } }));
      expect((await invoke('sts', again)).result).toContain('STSClient');
    } finally {
      again.destroy();
      await second.close();
      await rm(next, { recursive: true });
    }
  });
});
