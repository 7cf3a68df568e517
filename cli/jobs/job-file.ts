import { readFile } from 'node:fs/promises';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { PartialRequest } from './partial-request.ts';

/**
 * Reads a job's request from a YAML or JSON file (JSON is YAML too), or from standard input for `-`. It holds the
 * members of CreateJob as the AWS CLI's `--cli-input-json` takes them. What they may be is for the API to say.
 */
export async function readJobFile(path: string, io: Io): Promise<PartialRequest> {
  const text = path === '-' ? await io.readStdin() : await readFile(path, 'utf8');
  const { parse, YAMLParseError } = await import('yaml');
  try {
    const document: unknown = parse(text);
    if (typeof document === 'object' && document !== null && !Array.isArray(document))
      return document as PartialRequest;
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new CommandError(`${nameOf(path)} is not valid YAML or JSON: ${reasonOf(error)}`, 'File', {
      cause: error,
    });
  }
  throw new CommandError(
    `${nameOf(path)} does not hold a job. It should have the members Manifest, Operation, Report and RoleArn.`,
    'File',
  );
}

/** The parser's message without the excerpt that it ends in. */
function reasonOf({ message }: Error): string {
  return (message.split('\n')[0] ?? message).replace(/:$/, '.');
}

function nameOf(path: string): string {
  return path === '-' ? 'Standard input' : path;
}
