import type { LambdaDataClient, LambdaReply } from '../../../core/lambda/lambda-data-client.ts';
import type { Task, TaskContext } from '../../../core/operations/operation.ts';
import type { TaskNotes } from '../../../core/operations/task-notes.ts';
import type { S3DataClient, S3Reply } from '../../../core/s3/s3-data-client.ts';
import type { S3Request } from '../../../core/s3/s3-request.ts';

export const TASK: Task = {
  bucket: 'photos',
  key: 'a b/ü.jpg',
  manifestKey: 'a+b/%C3%BC.jpg',
  versionId: 'v1',
  taskId: '7-12',
};

/** A context of these clients; any other is an error to use. */
export function contextOf(clients: {
  readonly s3?: S3DataClient;
  readonly lambda?: LambdaDataClient;
  readonly notes?: TaskNotes;
}): TaskContext {
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
    notes: clients.notes ?? (unused as TaskNotes),
    deadline: Number.MAX_SAFE_INTEGER,
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

/** Answers each S3 request by the next reply, the last one for all that follow, and keeps what it was asked. */
export class ScriptedS3 implements S3DataClient {
  readonly requests: S3Request[] = [];
  private readonly replies: readonly (S3Reply | Error)[];

  constructor(...replies: readonly (S3Reply | Error)[]) {
    this.replies = replies;
  }

  async send(request: S3Request): Promise<S3Reply> {
    const reply = this.replies[Math.min(this.requests.length, this.replies.length - 1)];
    this.requests.push(request);
    if (reply === undefined) throw new Error('No reply in the script');
    if (reply instanceof Error) throw reply;
    return reply;
  }
}

/** A success of S3's. */
export function answer(body = '', headers: Readonly<Record<string, string>> = {}, httpStatus = 200): S3Reply {
  return { ok: true, httpStatus, headers, body, bytes: Buffer.from(body) };
}

/** A refusal of S3's. */
export function refusal(httpStatus: number, code: string, message: string): S3Reply & { ok: false } {
  return { ok: false, httpStatus, code, message, requestId: 'R1', extendedRequestId: 'H1=', headers: {} };
}
