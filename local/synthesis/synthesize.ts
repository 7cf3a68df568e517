import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { inputHash } from './input-hash.ts';

/** Assemblies that are kept: another cloud may still be running on an older one. */
const KEPT_ASSEMBLIES = 4;

/** What the app in a checkout is made of, and in the published package (which lies in dist/). */
const SOURCES = ['bin/drover-app.ts', 'lib', 'lambdas', 'core', 'package-lock.json'];
const BUILT = ['bin/drover-app.js', 'lib', 'core', 'bundles'];

/** What of the environment the app reads: see bin/drover-app.ts. */
const SETTING = /^DROVER_(STACK_NAME|MAX_CONCURRENT_WORKERS|MAX_ACTIVE_JOBS|JOB_ROLES|JOB_TOPICS|NOTIFICATION_TOPIC)$/;

/** What to synthesize, and where to keep the result. */
export interface SynthesisOptions {
  /** The folder of bin/ and lib/: a checkout, or dist/ in the published package. */
  readonly home: string;
  /** Where assemblies are kept, one for each state of the sources. */
  readonly cacheFolder: string;
  /** The environment that settings are taken from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The folder of the cloud assembly of bin/drover-app, synthesized only if there is none yet for what its sources and
 * settings are now: importing the CDK takes seconds. Safe for several processes at once. Rejects with what the app
 * printed when it fails.
 */
export async function synthesize(options: SynthesisOptions): Promise<string> {
  const { home, cacheFolder } = options;
  const checkout = existsSync(join(home, 'bin/drover-app.ts'));
  const settings = settingsOf(options.environment);
  const assembly = join(cacheFolder, await inputHash(home, checkout ? SOURCES : BUILT, settings));
  if (existsSync(assembly)) {
    return assembly;
  }
  await mkdir(cacheFolder, { recursive: true });
  const draft = await mkdtemp(join(cacheFolder, 'draft-'));
  try {
    await runApp(home, checkout, { ...settings, CDK_OUTDIR: draft });
    await publish(draft, assembly);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeOldAssemblies(cacheFolder);
  return assembly;
}

function settingsOf(environment: SynthesisOptions['environment']): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (SETTING.test(name) && value !== undefined) {
      settings[name] = value;
    }
  }
  return settings;
}

async function runApp(home: string, checkout: boolean, environment: Record<string, string>): Promise<void> {
  const app = checkout ? ['--import', tsxLoader(), 'bin/drover-app.ts'] : ['bin/drover-app.js'];
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, app, {
    cwd: home,
    // As cdk.json has it; the CDK's own command line would pass it on like this.
    env: { PATH, HOME, CDK_CONTEXT_JSON: '{"aws:cdk:version-reporting":false}', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) {
    throw new Error(`The stack could not be synthesized.\n${errors.trim()}`);
  }
}

function tsxLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}

/** Another process may have put the same assembly there first: then that one is as good. */
async function publish(draft: string, assembly: string): Promise<void> {
  try {
    await rename(draft, assembly);
  } catch (error) {
    if (!existsSync(assembly)) {
      throw error;
    }
  }
}

async function removeOldAssemblies(cacheFolder: string): Promise<void> {
  const names = (await readdir(cacheFolder)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  const dated = await Promise.all(
    names.map(async (name) => ({
      folder: join(cacheFolder, name),
      time: (await stat(join(cacheFolder, name))).mtimeMs,
    })),
  );
  dated.sort((a, b) => b.time - a.time);
  for (const { folder } of dated.slice(KEPT_ASSEMBLIES)) {
    await rm(folder, { recursive: true, force: true });
  }
}
