import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Runs bin/drover-app.ts as the CDK's command line does. */
function runApp(environment: Readonly<Record<string, string>>): {
  readonly status: number | null;
  readonly stderr: string;
} {
  const output = mkdtempSync(join(tmpdir(), 'drover-app-'));
  const { PATH = '' } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['--import', TSX, 'bin/drover-app.ts'], {
    cwd: ROOT,
    env: { PATH, CDK_OUTDIR: output, ...environment },
    encoding: 'utf8',
  });
  rmSync(output, { recursive: true });
  return { status, stderr };
}

test.each([
  [{ DROVER_JOB_ROLES: 'admin' }, `jobRoles: "admin" is not a role's ARN`],
  [{ CDK_CONTEXT_JSON: '{"maxConcurrentWorkers":"many"}' }, 'maxConcurrentWorkers is NaN; it must be a whole number'],
])('a setting that cannot be is refused in one line: %j', (environment, message) => {
  const { status, stderr } = runApp(environment);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
