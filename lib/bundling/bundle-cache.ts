import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_OPTIONS, buildBundles, type LambdaProject } from './esbuild-bundles.ts';

/** Folders that are kept: a process may still be reading or writing one while another has made the next. */
const KEPT_BUILDS = 4;

/**
 * The folder of the project's bundles, built anew only when an input changed: a source file, the lock file (which
 * stands for everything in node_modules) or the options. Safe for several processes at once.
 */
export function cachedBundles(project: LambdaProject, cache: string): string {
  mkdirSync(cache, { recursive: true });
  const sources = readSources(cache);
  if (sources !== undefined) {
    const built = join(cache, hashInputs(project, sources));
    if (existsSync(built)) return built;
  }
  return rebuild(project, cache);
}

function rebuild(project: LambdaProject, cache: string): string {
  const draft = join(cache, `draft-${process.pid}-${Date.now()}`);
  const sources = buildBundles(project, draft).filter((file) => !file.split('/').includes('node_modules'));
  const built = join(cache, hashInputs(project, sources));
  if (existsSync(built)) rmSync(draft, { recursive: true });
  else publish(draft, built);
  const list = `${draft}.json`;
  writeFileSync(list, JSON.stringify(sources));
  renameSync(list, join(cache, 'sources.json'));
  removeOldBuilds(cache);
  return built;
}

/** Another process may have put the same build there first: then that one is as good. */
function publish(draft: string, built: string): void {
  try {
    renameSync(draft, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The own sources that the last build was made of; undefined when there was none. */
function readSources(cache: string): readonly string[] | undefined {
  const list = join(cache, 'sources.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as string[]) : undefined;
}

function hashInputs(project: LambdaProject, sources: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([BUNDLE_OPTIONS, project.names]));
  for (const file of ['package-lock.json', ...sources]) {
    const path = join(project.root, file);
    hash.update(`\n${file}\n`).update(existsSync(path) ? readFileSync(path) : 'absent');
  }
  return hash.digest('hex').slice(0, 32);
}

function removeOldBuilds(cache: string): void {
  const builds = readdirSync(cache, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(cache, entry.name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of builds.slice(KEPT_BUILDS)) rmSync(old, { recursive: true, force: true });
}
