import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionRecord } from './function-record.ts';
import { QUOTAS } from './limits.ts';
import { invalidParameter, type LambdaRefusal } from './refusal.ts';

/** What starts a sandbox. */
export interface SandboxCommand {
  readonly file: string;
  readonly arguments: readonly string[];
}

/**
 * Node cannot start in a heap much smaller than this (MiB). Lambda gives the heap nine tenths of the memory; that is
 * all of the memory limit that is kept here: what is outside the heap, and Python's memory, are not limited.
 */
const SMALLEST_HEAP = 96;

const NODE_BOOTSTRAP = fileURLToPath(new URL('./bootstrap-node.mjs', import.meta.url));
const PYTHON_BOOTSTRAP = fileURLToPath(new URL('./bootstrap-python.py', import.meta.url));

/**
 * One stream for what a function prints on either of its outputs (so that their order is kept), and Lambda's limit of
 * descriptors: Node raises its soft limit to the hard one, so both are set.
 */
const SHELL_SCRIPT = `ulimit -n ${QUOTAS.descriptors} 2>/dev/null; exec "$0" "$@" 2>&1`;

/**
 * What runs the function: this very Node for `nodejs…`, the `python3` of the PATH for `python3.…`, whatever their
 * versions are.
 *
 * @throws LambdaRefusal when there is no such runtime here, or no python3 on this machine.
 */
export function sandboxCommand(record: FunctionRecord): SandboxCommand {
  const run = ['/bin/sh', '-c', SHELL_SCRIPT, ...interpreter(record)];
  // The kernel ends a sandbox with its parent even in the midst of a busy loop, where it could not see the closed socket.
  const setpriv = findOnPath('setpriv');
  const [file = '', ...rest] = setpriv === undefined ? run : [setpriv, '--pdeathsig', 'KILL', '--', ...run];
  return { file, arguments: rest };
}

function interpreter({ runtime, memorySize }: FunctionRecord): string[] {
  requireRuntime(runtime);
  if (runtime.startsWith('nodejs')) {
    const heap = Math.max(SMALLEST_HEAP, Math.floor(memorySize * 0.9));
    return [process.execPath, `--max-old-space-size=${heap}`, NODE_BOOTSTRAP];
  }
  const python = findOnPath('python3');
  if (python === undefined) {
    throw invalidParameter(`A function of runtime ${runtime} needs python3 on the PATH of this machine; there is none`);
  }
  return [python, PYTHON_BOOTSTRAP];
}

/** @throws LambdaRefusal when the local cloud has no such runtime. */
export function requireRuntime(runtime: string): void {
  if (!/^(nodejs\d+\.x|python3\.\d+)$/.test(runtime)) throw unknownRuntime(runtime);
}

function unknownRuntime(runtime: string): LambdaRefusal {
  return invalidParameter(`The local cloud runs the runtimes nodejs*.x and python3.*, not ${runtime}`);
}

const found = new Map<string, string | undefined>();

/** The path of a program, or undefined when the PATH has none. Looked up once in the life of the process. */
export function findOnPath(program: string): string | undefined {
  if (!found.has(program)) {
    const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
    found.set(program, candidates.find(isExecutable));
  }
  return found.get(program);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
