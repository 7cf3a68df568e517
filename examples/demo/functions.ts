import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  CreateFunctionCommand,
  type LambdaClient,
  type Runtime,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { ZipFile } from 'yazl';

/** The package of a function: what Lambda's CreateFunction takes. */
export interface FunctionPackage {
  readonly name: string;
  readonly runtime: Runtime;
  readonly handler: string;
  readonly zip: Buffer;
}

/** examples/functions/checksum with the AWS SDK bundled in. */
export async function checksumFunction(): Promise<FunctionPackage> {
  const { outputFiles } = await build({
    entryPoints: [pathOf('checksum/index.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    write: false,
  });
  const code = outputFiles.map((file) => Buffer.from(file.contents));
  return {
    name: 'checksum',
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    zip: await zipOf('index.js', Buffer.concat(code)),
  };
}

/** examples/functions/size; it finds boto3 where it runs. */
export async function sizeFunction(): Promise<FunctionPackage> {
  const zip = await zipOf('handler.py', await readFile(pathOf('size/handler.py')));
  return { name: 'size', runtime: 'python3.13', handler: 'handler.handler', zip };
}

/** Whether this machine can run the Python function. */
export function hasPythonWithBoto3(): boolean {
  return spawnSync('python3', ['-c', 'import boto3']).status === 0;
}

/** Creates a function and answers its ARN. */
export async function createFunction(
  lambda: LambdaClient,
  { name, runtime, handler, zip }: FunctionPackage,
): Promise<string> {
  const created = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: runtime,
      Handler: handler,
      Role: 'arn:aws:iam::000000000000:role/function',
      Code: { ZipFile: zip },
      Timeout: 30,
      MemorySize: 256,
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: name });
  if (created.FunctionArn === undefined) throw new Error(`Lambda did not say which ARN ${name} has.`);
  return created.FunctionArn;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../functions/${file}`, import.meta.url));
}

async function zipOf(name: string, content: Buffer): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(content, name);
  zip.end();
  return await buffer(zip.outputStream);
}
