import { z } from 'zod';
import { QUOTAS } from './limits.ts';
import { invalidParameter } from './refusal.ts';
import { requireRuntime } from './runtime.ts';

/** A function as the local Lambda keeps it. */
export interface FunctionRecord {
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  /** ARN of the execution role: what the function's credentials are named after. */
  readonly role: string;
  readonly description: string;
  /** Seconds that one invocation may take. */
  readonly timeout: number;
  /** MiB. */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architecture: string;
  /** Invocations that are kept for this function, and that it may not exceed. */
  readonly reservedConcurrency?: number;
  /** How often a failed asynchronous event is tried again. */
  readonly asyncRetries: number;
  /** The folder that holds the unpacked code: the function's LAMBDA_TASK_ROOT. */
  readonly codeFolder: string;
  /** Bytes of the deployment package; 0 for a folder that was not sent as one. */
  readonly codeSize: number;
  /** Base64 of the package's SHA-256; empty for a folder. */
  readonly codeSha256: string;
  /** ISO 8601. */
  readonly lastModified: string;
  /** New with every change; sandboxes of older revisions are not used again. */
  readonly revision: string;
}

/** The settings of a function, as CreateFunction, UpdateFunctionConfiguration and CloudFormation spell them. */
export interface FunctionSettings {
  readonly Runtime?: string | undefined;
  readonly Handler?: string | undefined;
  readonly Role?: string | undefined;
  readonly Description?: string | undefined;
  readonly Timeout?: number | undefined;
  readonly MemorySize?: number | undefined;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly Architectures?: readonly string[] | undefined;
  /** CloudFormation only; over the API it is PutFunctionConcurrency. */
  readonly ReservedConcurrentExecutions?: number | undefined;
}

// Members that change nothing on one machine are taken and left aside; any other is refused by name.
const withoutEffect = z.unknown().optional();
const settingsSchema = z.strictObject({
  Runtime: z.string().optional(),
  Handler: z.string().max(128).optional(),
  Role: z
    .string()
    .regex(/^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of a role')
    .optional(),
  Description: z.string().max(256).optional(),
  Timeout: z.number().int().min(1).max(900).optional(),
  MemorySize: z.number().int().min(128).max(10_240).optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).optional() }).optional(),
  Architectures: z
    .array(z.enum(['arm64', 'x86_64']))
    .length(1)
    .optional(),
  ReservedConcurrentExecutions: z.number().int().min(0).optional(),
  PackageType: z.literal('Zip').optional(),
  EphemeralStorage: withoutEffect,
  LoggingConfig: withoutEffect,
  Publish: z.literal(false).optional(),
  RecursiveLoop: withoutEffect,
  RevisionId: withoutEffect,
  Tags: withoutEffect,
  TracingConfig: withoutEffect,
});

/** Names that Lambda sets itself: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED_VARIABLES = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/** @throws LambdaRefusal that names every member that is wrong. */
export function parseSettings(given: unknown): FunctionSettings {
  const result = settingsSchema.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw invalidParameter(`The function's settings are not valid: ${problems.join('; ')}`);
  }
  const { Environment, Runtime } = result.data;
  if (Runtime !== undefined) requireRuntime(Runtime);
  checkEnvironment(Environment?.Variables ?? {});
  return result.data;
}

function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const names = Object.keys(variables);
  const odd = names.filter((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  if (odd.length > 0) throw invalidParameter(`These names of environment variables are not valid: ${odd.join(', ')}`);
  const reserved = names.filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    const text = 'Lambda was unable to configure your environment variables because they contain reserved keys';
    throw invalidParameter(`${text}. Reserved keys used in this request: ${reserved.join(', ')}`);
  }
  // Lambda measures the variables as one JSON document.
  const size = Buffer.byteLength(JSON.stringify(variables));
  if (size > QUOTAS.environment) {
    const text = 'Lambda was unable to configure your environment variables because they exceeded the 4KB limit';
    throw invalidParameter(`${text}: they have ${size} bytes`);
  }
}

/** Where the code of a function is and what is known of it. */
export type FunctionCode = Pick<FunctionRecord, 'codeFolder' | 'codeSize' | 'codeSha256'>;

/** A record of these settings, those that are left out taken from `base` or from Lambda's defaults. */
export function applySettings(
  name: string,
  settings: FunctionSettings,
  code: FunctionCode,
  base?: FunctionRecord,
): FunctionRecord {
  const require = (member: 'Runtime' | 'Handler' | 'Role', current?: string): string => {
    const value = settings[member] ?? current;
    if (value === undefined) throw invalidParameter(`${member} is required of a function of package type Zip`);
    return value;
  };
  const reserved = settings.ReservedConcurrentExecutions ?? base?.reservedConcurrency;
  return {
    name,
    runtime: require('Runtime', base?.runtime),
    handler: require('Handler', base?.handler),
    role: require('Role', base?.role),
    description: settings.Description ?? base?.description ?? '',
    timeout: settings.Timeout ?? base?.timeout ?? 3,
    memorySize: settings.MemorySize ?? base?.memorySize ?? 128,
    environment: settings.Environment?.Variables ?? base?.environment ?? {},
    architecture: settings.Architectures?.[0] ?? base?.architecture ?? 'x86_64',
    ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
    asyncRetries: base?.asyncRetries ?? 2,
    codeFolder: code.codeFolder,
    codeSize: code.codeSize,
    codeSha256: code.codeSha256,
    lastModified: new Date().toISOString().replace('Z', '+0000'),
    revision: crypto.randomUUID(),
  };
}
