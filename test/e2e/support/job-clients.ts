import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  CreateJobCommand,
  DeleteJobTaggingCommand,
  DescribeJobCommand,
  GetJobTaggingCommand,
  ListJobsCommand,
  PutJobTaggingCommand,
  S3ControlServiceException,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { s3ControlOf } from './clients.ts';
import type { LocalCloud } from './local-cloud.ts';
import { noAwsCli, noBoto3 } from './machine.ts';

/** The job operations of S3 Control, by their names in its model. */
const COMMANDS = {
  CreateJob: CreateJobCommand,
  DescribeJob: DescribeJobCommand,
  ListJobs: ListJobsCommand,
  UpdateJobPriority: UpdateJobPriorityCommand,
  UpdateJobStatus: UpdateJobStatusCommand,
  GetJobTagging: GetJobTaggingCommand,
  PutJobTagging: PutJobTaggingCommand,
  DeleteJobTagging: DeleteJobTaggingCommand,
};
export type JobOperation = keyof typeof COMMANDS;

/** An unchanged client of S3 Control, called by the model's names whatever language it is written in. */
export interface JobClient {
  /** Rejects with a RefusedCall when the service answers with an error. */
  call(operation: JobOperation, input: object): Promise<Record<string, unknown>>;
  close(): void;
}

/** An error of the service, as the client shows it. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ClientKind {
  readonly name: string;
  /** Whether this machine lacks it; says so. */
  readonly absent: () => boolean;
  readonly open: (cloud: LocalCloud) => JobClient;
}

export const CLIENT_KINDS: readonly ClientKind[] = [
  { name: '@aws-sdk/client-s3-control', absent: () => false, open: openSdk },
  { name: 'boto3', absent: noBoto3, open: openBoto3 },
  { name: 'AWS CLI', absent: noAwsCli, open: openAwsCli },
];

function openSdk(cloud: LocalCloud): JobClient {
  const client = s3ControlOf(cloud);
  return {
    async call(operation, input) {
      const command = Reflect.construct(COMMANDS[operation], [input]) as DescribeJobCommand;
      try {
        const { $metadata: _, ...output } = await client.send(command);
        return output as Record<string, unknown>;
      } catch (error) {
        if (!(error instanceof S3ControlServiceException)) throw error;
        throw new RefusedCall(error.name, error.message);
      }
    },
    close: () => client.destroy(),
  };
}

function openBoto3(cloud: LocalCloud): JobClient {
  const script = new URL('./boto3_client.py', import.meta.url).pathname;
  const child = spawn('python3', [script], { env: proxied(cloud) });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  return {
    async call(operation, input) {
      writeLine(child, { operation, input });
      const line = await answers.next();
      if (line.done === true) throw new Error(`the boto3 script ended: ${said.join('')}`);
      const answer = JSON.parse(line.value) as BotoAnswer;
      if (answer.error === undefined) return answer.output ?? {};
      const { code, message, type } = answer.error;
      // Codes of the model have a class of their own, by which callers catch them.
      if (code.endsWith('Exception') && type !== code) throw new Error(`boto3 raised ${type} for ${code}`);
      throw new RefusedCall(code, message);
    },
    close: () => void child.kill(),
  };
}

interface BotoAnswer {
  readonly output?: Record<string, unknown>;
  readonly error?: { readonly code: string; readonly message: string; readonly type: string };
}

function writeLine(child: ChildProcessWithoutNullStreams, value: unknown): void {
  child.stdin.write(`${JSON.stringify(value)}\n`);
}

/** Only flags that version 2.9 knows too. */
function openAwsCli(cloud: LocalCloud): JobClient {
  const globals = ['--endpoint-url', 'http://drover.local', '--output', 'json'];
  return {
    call(operation, input) {
      const args = ['s3control', kebab(operation), ...globals, ...flagsOf(input)];
      return new Promise((resolve, reject) => {
        execFile('aws', args, { env: proxied(cloud) }, (error, stdout, stderr) => {
          if (error === null) return resolve(stdout.trim() === '' ? {} : JSON.parse(stdout));
          const [, code, message] = /An error occurred \((\w+)\)[^:]*: (.*)/s.exec(stderr) ?? [];
          reject(code === undefined ? new Error(stderr) : new RefusedCall(code, message?.trim() ?? ''));
        });
      });
    },
    close: () => undefined,
  };
}

/** Members as flags: structures and lists as JSON, booleans as the pair --name and --no-name. */
function flagsOf(input: object): string[] {
  return Object.entries(input).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'boolean') return [`--${value ? '' : 'no-'}${kebab(name)}`];
    return [`--${kebab(name)}`, typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
}

function kebab(name: string): string {
  return name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}

/**
 * S3 Control's clients put the account before the host's name. Through a proxy no name is looked up: the cloud's port is
 * the proxy, and takes any host.
 */
function proxied(cloud: LocalCloud): NodeJS.ProcessEnv {
  const { NO_PROXY: _, no_proxy: __, ...inherited } = process.env;
  return {
    ...inherited,
    HTTP_PROXY: cloud.endpoint,
    http_proxy: cloud.endpoint,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}
