import { types } from 'node:util';
import { EXIT, type ExitCode } from './exit-code.ts';

/** A failure told in the words of the user's problem. Printed as it is, without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: ExitCode = EXIT.failed;
  constructor(
    message: string,
    /** Short and stable, for programs that read `--json`. */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The command line is wrong: says what would be right. Exit code 2. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = EXIT.usage;
  constructor(message: string) {
    super(message, 'Usage');
  }
}

/** The service answered with an error document. */
export class ApiError extends CommandError {
  override readonly name = 'ApiError';
  constructor(
    code: string,
    readonly detail: string,
    readonly httpStatus: number,
    readonly requestId?: string,
  ) {
    super(`${code}: ${detail}`, code);
  }
}

/** Nobody answers at the endpoint. */
export class NotReachableError extends CommandError {
  override readonly name = 'NotReachableError';
  constructor(endpoint: string, local: boolean, cause: unknown) {
    const hint = local ? 'Start the local cloud with: drover start' : 'Check the address and your network.';
    super(`Nothing answers at ${endpoint}. ${hint}`, 'NotReachable', { cause });
  }
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether an error, or what caused it, is a connection that did not come about or broke. */
export function isConnectionError(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  // All that fetch says where it did not even try, such as for a port that it takes for unsafe.
  if (error instanceof TypeError && error.message === 'fetch failed') return true;
  if ('code' in error && typeof error.code === 'string' && CONNECTION_CODES.has(error.code)) return true;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isConnectionError);
  return isConnectionError(error.cause);
}

/** Any thrown thing as a CommandError: AWS errors keep their code, file errors name the file. */
export function toCommandError(thrown: unknown): CommandError {
  if (thrown instanceof CommandError) return thrown;
  if (!types.isNativeError(thrown)) return new CommandError(`Unexpected: ${String(thrown)}`, 'Unexpected');
  if ('$metadata' in thrown)
    return new CommandError(`${thrown.name}: ${thrown.message}`, thrown.name, { cause: thrown });
  if (thrown.name === 'CredentialsProviderError') {
    return new CommandError(`There are no AWS credentials to sign with: ${thrown.message}`, 'NoCredentials', {
      cause: thrown,
    });
  }
  const fileProblem = fileProblemOf(thrown);
  if (fileProblem !== undefined) return new CommandError(fileProblem, 'File', { cause: thrown });
  return new CommandError(`Unexpected: ${thrown.message} (DROVER_DEBUG=1 shows where)`, 'Unexpected', {
    cause: thrown,
  });
}

function fileProblemOf(error: NodeJS.ErrnoException): string | undefined {
  if (error.path === undefined) return undefined;
  switch (error.code) {
    case 'ENOENT':
      return `There is no file or folder ${error.path}.`;
    case 'EACCES':
    case 'EPERM':
      return `Not permitted: ${error.path}.`;
    case 'EISDIR':
      return `${error.path} is a folder; a file is needed.`;
    default:
      return undefined;
  }
}
