import { fileURLToPath } from 'node:url';
import { Runtime } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import type { FunctionPackage } from '../../../examples/demo/functions.ts';
import { zip } from '../../local/lambda/zip.ts';

/** every-answer.ts as its users would deploy it: one file, the AWS SDK inside. */
export async function everyAnswerFunction(): Promise<FunctionPackage> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./every-answer.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    write: false,
  });
  return {
    name: 'every-answer',
    runtime: Runtime.nodejs22x,
    handler: 'index.handler',
    zip: await zip({ 'index.js': outputFiles.map(({ text }) => text).join('') }),
  };
}

/** A function that only takes its time, as many others of the account may be doing. */
export async function sleeperFunction(milliseconds: number): Promise<FunctionPackage> {
  const code = `exports.handler = () => new Promise((resolve) => setTimeout(resolve, ${milliseconds}));\n`;
  return {
    name: 'sleeper',
    runtime: Runtime.nodejs22x,
    handler: 'index.handler',
    zip: await zip({ 'index.js': code }),
  };
}

/** A function that does nothing with its task but take so long for it. */
export async function unhurriedFunction(milliseconds: number): Promise<FunctionPackage> {
  const code = `exports.handler = async ({ invocationSchemaVersion, invocationId, tasks: [{ taskId }] }) => {
  await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
  const results = [{ taskId, resultCode: 'Succeeded', resultString: '' }];
  return { invocationSchemaVersion, invocationId, results };
};
`;
  return {
    name: 'unhurried',
    runtime: Runtime.nodejs22x,
    handler: 'index.handler',
    zip: await zip({ 'index.js': code }),
  };
}

/** A function that says of each task which argument it was given, and how many tasks with it. */
export async function argumentsFunction(): Promise<FunctionPackage> {
  const code = `exports.handler = async ({ invocationSchemaVersion, invocationId, job, tasks }) => {
  const resultString = job.userArguments.owner + ': ' + tasks.length;
  const results = tasks.map(({ taskId }) => ({ taskId, resultCode: 'Succeeded', resultString }));
  return { invocationSchemaVersion, invocationId, results };
};
`;
  return {
    name: 'arguments',
    runtime: Runtime.nodejs22x,
    handler: 'index.handler',
    zip: await zip({ 'index.js': code }),
  };
}

/** A function that puts each event of a job, from a rule or a topic, into this bucket of the local cloud, once for each id. */
export async function recorderFunction(bucket: string): Promise<FunctionPackage> {
  const code = `exports.handler = async (given) => {
  const event = given.Records ? { detail: JSON.parse(given.Records[0].Sns.Message) } : given;
  const { jobEventId } = event.detail.serviceEventDetails;
  const url = process.env.AWS_ENDPOINT_URL + '/${bucket}/' + jobEventId;
  const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(event) });
  if (!answer.ok) throw new Error('S3 answered ' + answer.status);
};
`;
  return {
    name: 'recorder',
    runtime: Runtime.nodejs22x,
    handler: 'index.handler',
    zip: await zip({ 'index.js': code }),
  };
}
