import type { LambdaDataClient, LambdaReply } from '../../../core/lambda/lambda-data-client.ts';
import type { Task, TaskContext } from '../../../core/operations/operation.ts';
import type { S3DataClient } from '../../../core/s3/s3-data-client.ts';

export const TASK: Task = {
  bucket: 'photos',
  key: 'a b/ü.jpg',
  manifestKey: 'a+b/%C3%BC.jpg',
  versionId: 'v1',
  taskId: '7-12',
};

/** A context of these clients; any other is an error to use. */
export function contextOf(clients: { readonly s3?: S3DataClient; readonly lambda?: LambdaDataClient }): TaskContext {
  const unused = new Proxy(
    {},
    {
      get: (_, name) => {
        throw new Error(`${String(name)} should not be used here`);
      },
    },
  );
  return {
    jobId: 'job-1',
    s3: clients.s3 ?? (unused as S3DataClient),
    lambda: clients.lambda ?? (unused as LambdaDataClient),
    signal: new AbortController().signal,
  };
}

/** Answers each call by the next reply, the last one for all that follow, and keeps what it was asked. */
export class ScriptedFunction implements LambdaDataClient {
  readonly calls: { readonly functionArn: string; readonly event: Record<string, unknown> }[] = [];
  private readonly replies: readonly ((event: Record<string, unknown>) => LambdaReply)[];

  constructor(...replies: readonly ((event: Record<string, unknown>) => LambdaReply)[]) {
    this.replies = replies;
  }

  async invoke(functionArn: string, payload: string): Promise<LambdaReply> {
    const event = JSON.parse(payload);
    const reply = this.replies[Math.min(this.calls.length, this.replies.length - 1)];
    this.calls.push({ functionArn, event });
    if (reply === undefined) throw new Error('No reply in the script');
    return reply(event);
  }
}
