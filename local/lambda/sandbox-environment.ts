import { devNull } from 'node:os';
import type { CloudIdentity } from '../service.ts';
import { sessionCredentials } from '../sts/session-credentials.ts';
import type { FunctionRecord } from './function-record.ts';

/** What a sandbox is told about the cloud around it. */
export interface SandboxSurroundings {
  readonly identity: CloudIdentity;
  /** URL of the port that answers for all services. */
  readonly endpoint: string;
  /** Set last, over everything else. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
}

/** What a program needs of the machine to run at all. Nothing that begins with AWS_ is among it. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/** Credentials of a function end with its process; this only has to be longer than any process lives. */
const CREDENTIAL_LIFE = 365 * 24 * 3_600_000;

/** The whole environment of a function's process: nothing else of the parent's gets there. */
export function sandboxEnvironment(record: FunctionRecord, surroundings: SandboxSurroundings): Record<string, string> {
  const { identity, endpoint, extraEnvironment } = surroundings;
  const credentials = sessionCredentials({
    roleArn: record.role,
    sessionName: record.name,
    expiration: new Date(Date.now() + CREDENTIAL_LIFE),
  });
  return {
    ...inherited(),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    // The SDK's advice about the age of this Node is for those who choose it: here that is not the function's author.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...record.environment,
    _HANDLER: record.handler,
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${record.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(record.memorySize),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${record.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(),
    LAMBDA_TASK_ROOT: record.codeFolder,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: endpoint,
    // The SDKs would otherwise read the developer's own profile, or ask a metadata service that is not there.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extraEnvironment,
  };
}

function inherited(): Record<string, string> {
  const entries = INHERITED.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function logStreamName(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${crypto.randomUUID().replaceAll('-', '')}`;
}
