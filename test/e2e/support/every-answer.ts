/**
 * A user's function, invoked by a job: it reads the object that its task names and answers as the object says. It runs
 * in the local Lambda, bundled with the AWS SDK, and knows nothing of the test.
 */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

interface BatchEvent {
  readonly invocationSchemaVersion: string;
  readonly invocationId: string;
  readonly job: { readonly id: string };
  readonly tasks: readonly [
    {
      readonly taskId: string;
      readonly s3Key: string;
      readonly s3VersionId: string | null;
      readonly s3BucketArn: string;
    },
  ];
}

const s3 = new S3Client({});

export async function handler(event: BatchEvent): Promise<unknown> {
  const [{ taskId, s3Key, s3BucketArn }] = event.tasks;
  const Bucket = s3BucketArn.split(':').at(-1);
  const Key = decodeURIComponent(s3Key.replaceAll('+', ' '));
  const body = await read(Bucket, Key);
  const { invocationSchemaVersion, invocationId } = event;
  const envelope = { invocationSchemaVersion, invocationId };
  const answer = (resultCode: string, resultString: string) => ({
    ...envelope,
    treatMissingKeysAs: 'PermanentFailure',
    results: [{ taskId, resultCode, resultString }],
  });
  switch (body) {
    case 'succeed':
      return answer('Succeeded', `read "${body}", ${body.length} bytes`);
    case 'be long':
      return answer('Succeeded', 'long '.repeat(1_000));
    case 'fail at first':
      if ((await read(Bucket, `seen/${Key}`)) === undefined) {
        await s3.send(new PutObjectCommand({ Bucket, Key: `seen/${Key}`, Body: invocationId }));
        return answer('TemporaryFailure', 'not yet');
      }
      return answer('Succeeded', 'at last');
    case 'fail for a while':
      return answer('TemporaryFailure', 'still busy');
    case 'fail for good':
      return answer('PermanentFailure', 'cannot be done');
    case 'say nothing':
      return { ...envelope, results: [] };
    case 'say nothing, which is failure':
      return { ...envelope, treatMissingKeysAs: 'PermanentFailure', results: [] };
    case 'throw':
      throw new TypeError('no such colour');
    case 'hang':
      return await new Promise(() => setInterval(() => undefined, 1_000));
    case 'exit':
      return process.exit(7);
    case 'answer anything':
      return { statusCode: 200, body: 'fine' };
    case 'answer another':
      return { ...answer('Succeeded', ''), invocationId: 'of another invocation' };
    case 'take a while': {
      const from = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return answer('Succeeded', JSON.stringify([from, Date.now()]));
    }
    default:
      return answer('PermanentFailure', `the object says ${body}`);
  }
}

/** Undefined when there is no such object. */
async function read(Bucket: string | undefined, Key: string): Promise<string | undefined> {
  try {
    return await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
