import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

const output = mkdtempSync(join(tmpdir(), 'drover-app-'));
afterAll(() => rmSync(output, { recursive: true }));

/** Runs bin/drover-app.ts as the CDK's command line does, with no credentials and no account. */
function runApp(environment: Readonly<Record<string, string>>): {
  readonly status: number | null;
  readonly stderr: string;
} {
  const { PATH = '' } = process.env;
  return spawnSync(process.execPath, ['--import', TSX, 'bin/drover-app.ts'], {
    cwd: ROOT,
    env: { PATH, CDK_OUTDIR: output, ...environment },
    encoding: 'utf8',
  });
}

test('the stack has the name that README.md says, and its real functions', () => {
  const { status, stderr } = runApp({ DROVER_MAX_CONCURRENT_WORKERS: '12' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { artifacts } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { properties?: { stackName?: string } }>;
  };
  // Where it is the same as the artifact's, the CDK leaves the name out.
  const stackName = artifacts['Drover']?.properties?.stackName ?? 'Drover';
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`drover jobs list --stack ${stackName} `);
  const { Resources } = JSON.parse(readFileSync(join(output, 'Drover.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: { Environment: { Variables: Record<string, unknown> } } }>;
  };
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  expect(functions).toHaveLength(10);
  for (const { Properties } of functions) expect(Properties.Environment.Variables.MAX_CONCURRENT_WORKERS).toBe('12');
  expect(readdirSync(output).filter((entry) => entry.startsWith('asset.'))).toHaveLength(10);
}, 120_000);

test.each([
  [{ DROVER_JOB_ROLES: 'admin' }, `jobRoles: "admin" is not a role's ARN`],
  [{ CDK_CONTEXT_JSON: '{"maxConcurrentWorkers":"many"}' }, 'maxConcurrentWorkers is NaN; it must be a whole number'],
])('a setting that cannot be is refused in one line: %j', (environment, message) => {
  const { status, stderr } = runApp(environment);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
