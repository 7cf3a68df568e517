import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LocalCloud } from './local-cloud.ts';

/** The blocks of shell commands of a document, or of one section of it. */
export async function shellBlocks(file: string, heading?: string): Promise<string[]> {
  const document = await readFile(file, 'utf8');
  const sections = document.split(/^(?=## )/m);
  const text = heading === undefined ? document : sections.find((section) => section.startsWith(`## ${heading}\n`));
  if (text === undefined) throw new Error(`${file} has no section "${heading}"`);
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

/** A terminal in the folder of a checkout: what is exported in it stays, and so does what is written. */
export class Terminal {
  private readonly exported: string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly cloud: LocalCloud,
  ) {}

  /** A folder of its own with links to the checkout, so that commands leave nothing there. */
  static async open(cloud: LocalCloud): Promise<Terminal> {
    const folder = await mkdtemp(join(tmpdir(), 'drover-readme-'));
    for (const name of ['examples', 'node_modules', 'package.json']) await symlink(resolve(name), join(folder, name));
    return new Terminal(folder, cloud);
  }

  /** Runs a block as it stands, at this cloud's port; answers what it printed. Rejects unless all of it exits with 0. */
  async run(block: string): Promise<string> {
    const script = block
      .replaceAll('http://127.0.0.1:9800', this.cloud.endpoint)
      .replaceAll('npx drover', `'${process.execPath}' '${resolve('bin/drover.js')}'`);
    const output = await bash([...this.exported, script].join('\n'), this.folder, {
      ...inherited(),
      DROVER_ENDPOINT: this.cloud.endpoint,
    });
    this.exported.push(...script.split('\n').filter((line) => line.startsWith('export ')));
    return output;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, failed) => {
    execFile('bash', ['-euo', 'pipefail', '-c', script], { cwd, env }, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else failed(new Error(`exit code ${error.code} of\n${script}\n${stdout}${stderr}`));
    });
  });
}

/** The machine's environment without what would send a client elsewhere. */
function inherited(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|DROVER)_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}
