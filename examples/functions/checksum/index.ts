import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/** What a job calls a function with (invocation schema 1.0): always one task. */
interface BatchEvent {
  readonly invocationSchemaVersion: string;
  readonly invocationId: string;
  readonly job: { readonly id: string };
  readonly tasks: readonly [
    {
      readonly taskId: string;
      /** As the manifest spells it: URL-encoded, a space may be a plus sign. */
      readonly s3Key: string;
      readonly s3VersionId: string | null;
      readonly s3BucketArn: string;
    },
  ];
}

/** What becomes of the task; the text goes into the completion report. */
type Result = readonly [resultCode: 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure', resultString: string];

const s3 = new S3Client({});

/** Reads the object from its first byte to its last and reports its SHA-256. */
export async function handler(event: BatchEvent): Promise<unknown> {
  const [task] = event.tasks;
  const [resultCode, resultString] = await checksum({
    Bucket: task.s3BucketArn.split(':').at(-1),
    Key: decodeURIComponent(task.s3Key.replaceAll('+', ' ')),
    ...(task.s3VersionId && { VersionId: task.s3VersionId }),
  });
  return {
    invocationSchemaVersion: event.invocationSchemaVersion,
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: event.invocationId,
    results: [{ taskId: task.taskId, resultCode, resultString }],
  };
}

async function checksum(input: ConstructorParameters<typeof GetObjectCommand>[0]): Promise<Result> {
  try {
    const { Body } = await s3.send(new GetObjectCommand(input));
    const hash = createHash('sha256');
    for await (const chunk of Body as Readable) hash.update(chunk);
    return ['Succeeded', hash.digest('hex')];
  } catch (error) {
    // What may pass is tried again before the job ends; what will not (no such key, no permission) is reported now.
    if (!(error instanceof S3ServiceException)) return ['TemporaryFailure', String(error)];
    const passing = (error.$metadata.httpStatusCode ?? 500) >= 500;
    return [passing ? 'TemporaryFailure' : 'PermanentFailure', `${error.name}: ${error.message}`];
  }
}
