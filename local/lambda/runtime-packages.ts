import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** What Lambda's Node runtime has of the SDK for JavaScript v3, besides what a function's package brings. */
const SDK = /^@(aws-sdk|smithy)\//;

/** package.json of Drover: from a checkout, and from dist/ in the published package. */
const MANIFESTS = ['../../package.json', '../../../package.json'];

/**
 * Makes `<parent>/node_modules` with a link to each package of the AWS SDK that Drover itself depends on. Node looks for
 * a module in the folders above its importer too, so functions whose code lies under `parent` find them there, after
 * their own: imported or required, without a hook and so without a price at their start. Linked anew at each start,
 * because Drover may have moved.
 */
export async function linkRuntimePackages(parent: string): Promise<void> {
  const folder = join(parent, 'node_modules');
  await rm(folder, { recursive: true, force: true });
  for (const name of sdkDependencies()) {
    const link = join(folder, name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(installed(name), link, 'junction');
  }
}

function sdkDependencies(): string[] {
  const files = MANIFESTS.map((file) => new URL(file, import.meta.url));
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`Drover is not installed whole: there is no ${files.join(' and no ')}.`);
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies).filter((name) => SDK.test(name));
}

/** The folder of a dependency, wherever the package manager has put it. */
function installed(name: string): string {
  const folders = (require.resolve.paths(name) ?? []).map((modules) => join(modules, name));
  const folder = folders.find((candidate) => existsSync(candidate));
  if (folder === undefined)
    throw new Error(`Drover is not installed whole: ${name} is missing. Run npm install again.`);
  return folder;
}
