import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';

/** The folders that the services of one cloud keep their state in. */
export interface DataFolders {
  readonly dynamodb: string;
  readonly s3: string;
  readonly lambda: string;
  readonly stepFunctions: string;
  readonly events: string;
  readonly sns: string;
  readonly cloudFormation: string;
  /** Where people find what functions printed. */
  readonly logs: string;
}

/** Makes the data folder if it is not there, and says what lies where in it. */
export async function openDataFolder(folder: string): Promise<DataFolders> {
  await mkdir(folder, { recursive: true });
  return {
    dynamodb: join(folder, 'dynamodb'),
    s3: join(folder, 's3'),
    lambda: join(folder, 'lambda'),
    stepFunctions: join(folder, 'stepfunctions'),
    events: join(folder, 'events'),
    sns: join(folder, 'sns'),
    cloudFormation: join(folder, 'cloudformation'),
    logs: join(folder, 'logs'),
  };
}

/** Leaves a note in the folder of who has it open, for the message that the next one gets. It is not the lock. */
export async function signDataFolder(folder: string, endpoint: string): Promise<void> {
  const owner = { pid: process.pid, endpoint, since: new Date().toISOString() };
  await writeFileAtomically(join(folder, 'owner.json'), `${JSON.stringify(owner)}\n`);
}

/**
 * Opens the first of the services, whose LevelDB is the lock of the whole folder: the operating system holds it for
 * this process and gives it back when the process ends, however it ends. Rejects with a message that names the owner
 * when another process, or another cloud of this one, has it.
 */
export async function claimDataFolder<T>(folder: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!isLocked(error)) {
      throw error;
    }
    throw new Error(
      `The data folder ${folder} is in use by another Drover${await describeOwner(folder)}. End that one, or give this one a folder of its own with --data.`,
    );
  }
}

function isLocked(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return code === 'LEVEL_LOCKED' || (cause !== undefined && isLocked(cause));
}

async function describeOwner(folder: string): Promise<string> {
  try {
    const { pid, endpoint } = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8'));
    return ` (process ${pid}, ${endpoint})`;
  } catch {
    return '';
  }
}
