import { spawnSync } from 'node:child_process';

/** What this machine lacks, said aloud: a test that is skipped must not look like one that passed. */
export function missing(command: string, args: readonly string[], what: string): boolean {
  const absent = spawnSync(command, args, { stdio: 'ignore' }).status !== 0;
  if (absent) console.warn(`SKIPPED: there is no ${what} on this machine, so nothing is tested with it.`);
  return absent;
}

export const noAwsCli = (): boolean => missing('aws', ['--version'], 'AWS CLI');

export const noBoto3 = (): boolean => missing('python3', ['-c', 'import boto3'], 'python3 with boto3');
