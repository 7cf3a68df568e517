import type { Command } from 'commander';
import { accountOf } from './api/account.ts';
import { JobApi } from './api/job-api.ts';
import { ObjectStore } from './api/object-store.ts';
import { resolveTarget, type Target } from './api/target.ts';
import type { Io } from './io.ts';
import type { GlobalOptions } from './options/global-options.ts';
import { Printer } from './output/printer.ts';

/** What a command works with. Nothing is asked or loaded before it is needed. */
export interface CommandContext {
  readonly io: Io;
  readonly printer: Printer;
  api(): Promise<JobApi>;
  objects(): Promise<ObjectStore>;
  /** Where Drover is, and what else the global options say of places. */
  target(): Promise<Target>;
}

/** The context of one run of a command, from the global options given with it. */
export function contextOf(command: Command, io: Io): CommandContext {
  const options = command.optsWithGlobals<GlobalOptions>();
  let target: Promise<Target> | undefined;
  const resolve = (): Promise<Target> => {
    target ??= resolveTarget(options, io.env);
    return target;
  };
  return {
    io,
    printer: new Printer(io.stdout, io.stderr, options.json === true),
    api: async () => {
      const resolved = await resolve();
      return new JobApi(resolved, await accountOf(resolved), io.clock);
    },
    target: resolve,
    objects: async () => new ObjectStore(await resolve()),
  };
}
