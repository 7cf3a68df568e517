import { spawnSync } from 'node:child_process';

/** What this machine lacks, said aloud: a test that is skipped must not look like one that passed. */
export function missing(command: string, args: readonly string[], what: string): boolean {
  const absent = spawnSync(command, args, { stdio: 'ignore' }).status !== 0;
  if (absent) console.warn(`SKIPPED: there is no ${what} on this machine, so nothing is tested with it.`);
  return absent;
}

export const noAwsCli = (): boolean => missing('aws', ['--version'], 'AWS CLI');

export const noBoto3 = (): boolean => missing('python3', ['-c', 'import boto3'], 'python3 with boto3');

/** Whether the AWS CLI is not there, or does not know AWS_ENDPOINT_URL yet; says so. */
export function oldAwsCli(): boolean {
  const { stdout } = spawnSync('aws', ['--version'], { encoding: 'utf8' });
  const [, major = 0, minor = 0] = (/^aws-cli\/(\d+)\.(\d+)/.exec(stdout ?? '') ?? []).map(Number);
  const knows = major === 1 ? minor >= 29 : major > 2 || (major === 2 && minor >= 13);
  if (!knows) {
    const found = major === 0 ? 'there is no AWS CLI' : `the AWS CLI is ${major}.${minor}`;
    console.warn(
      `SKIPPED: the documents need AWS CLI 1.29, 2.13 or newer, and ${found}: their commands are not tested.`,
    );
  }
  return !knows;
}
