import { Runtime } from '@aws-sdk/client-lambda';
import { createFunction } from '../../../examples/demo/functions.ts';
import { zip } from '../../local/lambda/zip.ts';
import { AWKWARD_KEYS, succeeded } from './lines.ts';
import { encoded, type JobPlan, type World } from './world.ts';

/** Says of each task what it was told, with what, and beside how many others; some keys ask for other answers. */
const CODE = `exports.handler = async ({ invocationSchemaVersion, invocationId, job, tasks }) => {
  if (tasks.some(({ s3Key }) => s3Key === 'throw')) throw new Error('no such colour');
  const results = tasks.filter(({ s3Key }) => s3Key !== 'silent').map(({ taskId, s3Key, s3Bucket, s3BucketArn }) => ({
    taskId,
    resultCode: s3Key === 'refuse' ? 'PermanentFailure' : 'Succeeded',
    resultString: [s3Bucket ?? s3BucketArn, s3Key, job.userArguments?.color, tasks.length].join(' '),
  }));
  return { invocationSchemaVersion, invocationId, treatMissingKeysAs: 'PermanentFailure', results };
};
`;

async function teller(world: World, name: string): Promise<string> {
  const lambda = world.lambda();
  const settings = { runtime: Runtime.nodejs22x, handler: 'index.handler' };
  const arn = await createFunction(lambda, { name, ...settings, zip: await zip({ 'index.js': CODE }) });
  lambda.destroy();
  return arn;
}

export const LAMBDA_CASES: Readonly<Record<string, (world: World) => Promise<JobPlan>>> = {
  'LambdaInvoke: schema 2.0, with arguments, several tasks at once': async (world) => {
    const bucket = await world.bucket();
    const arn = await teller(world, 'together');
    const keys = ['refuse', 'silent', ...AWKWARD_KEYS];
    const told = (key: string) => `${bucket} ${encoded(key)} red ${keys.length}`;
    return {
      operation: [
        ...['--operation', 'lambda-invoke', '--function-arn', arn, '--set', 'InvocationSchemaVersion=2.0'],
        ...['--set', 'UserArguments={"color":"red"}', '--set', 'TasksPerInvocation=20'],
      ],
      lines: keys.map((key) => {
        if (key === 'refuse') return { bucket, key, says: { http: 200, code: 'PermanentFailure', message: told(key) } };
        if (key === 'silent')
          return { bucket, key, says: { http: 200, code: 'PermanentFailure', message: /no result/ } };
        return { bucket, key, says: succeeded(told(key)) };
      }),
    };
  },

  'LambdaInvoke: schema 1.0, one task at a time': async (world) => {
    const bucket = await world.bucket();
    const FunctionArn = await teller(world, 'alone');
    return {
      operation: { LambdaInvoke: { FunctionArn } },
      lines: [
        ...AWKWARD_KEYS.map((key) => ({
          bucket,
          key,
          says: succeeded(`arn:aws:s3:::${bucket} ${encoded(key)}  1`),
        })),
        {
          bucket,
          key: 'throw',
          says: { http: 200, code: 'PermanentFailure', message: /^Lambda returned function error: .*no such colour/ },
        },
      ],
    };
  },

  'LambdaInvoke: a function that is not there': async (world) => {
    const bucket = await world.bucket();
    return {
      operation: ['--operation', 'lambda-invoke', '--function-arn', 'none-such'],
      lines: [{ bucket, key: 'a', says: { http: 404, code: 'ResourceNotFoundException', message: /none-such/ } }],
    };
  },

  'LambdaInvoke: DryRun': async (world) => {
    const bucket = await world.bucket();
    return {
      operation: ['--operation', 'lambda-invoke', '--function-arn', 'none-such', '--dry-run'],
      lines: [{ bucket, key: 'a', says: succeeded(/^Would invoke /) }],
    };
  },
};
