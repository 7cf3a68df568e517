import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addEstimate } from './commands/estimate.ts';
import { addEvents } from './commands/events.ts';
import { addInventory } from './commands/inventory.ts';
import { addJobsCancel } from './commands/jobs-cancel.ts';
import { addJobsClone } from './commands/jobs-clone.ts';
import { addJobsConfirm } from './commands/jobs-confirm.ts';
import { addJobsCreate } from './commands/jobs-create.ts';
import { addJobsDescribe } from './commands/jobs-describe.ts';
import { addJobsEvents } from './commands/jobs-events.ts';
import { addJobsFailures } from './commands/jobs-failures.ts';
import { addJobsList } from './commands/jobs-list.ts';
import { addJobsPause } from './commands/jobs-pause.ts';
import { addJobsPriority } from './commands/jobs-priority.ts';
import { addJobsResume } from './commands/jobs-resume.ts';
import { addJobsRetry } from './commands/jobs-retry.ts';
import { addJobsUpdate } from './commands/jobs-update.ts';
import { addJobsWatch } from './commands/jobs-watch.ts';
import { addOperations } from './commands/operations.ts';
import { addReport } from './commands/report.ts';
import { addStart } from './commands/start.ts';
import { addTriggers } from './commands/triggers.ts';
import { examples } from './help.ts';
import { addGlobalOptions } from './options/global-options.ts';
import type { Runtime } from './runtime.ts';

/** The whole command line. Throws instead of ending the process. */
export function createProgram(runtime: Runtime): Command {
  const program = new Command('drover')
    .description('S3 Batch Operations that you own: one operation on every object that a manifest names.')
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void runtime.io.stdout.write(text),
      writeErr: (text) => void runtime.io.stderr.write(text),
      // main prints it, in the form that was asked for.
      outputError: () => undefined,
      getOutHelpWidth: () => runtime.io.stdout.terminal?.columns ?? 100,
      getErrHelpWidth: () => runtime.io.stderr.terminal?.columns ?? 100,
    })
    .addHelpText('after', EXAMPLES);
  addGlobalOptions(program);
  addStart(program, runtime);
  addJobs(program, runtime);
  addReport(program, runtime);
  addOperations(program, runtime);
  addEstimate(program, runtime);
  addTriggers(program, runtime);
  addInventory(program, runtime);
  addEvents(program, runtime);
  return program;
}

const EXAMPLES = examples(
  ['Start the local cloud; all the rest in another terminal', 'drover start'],
  ['Create a job from a file, and follow it to its end', 'drover jobs create --file job.yaml --no-confirm --wait'],
  ['What jobs can do', 'drover operations'],
  ['What a job would take, in time and in dollars', 'drover estimate --file job.yaml'],
  ['What failed, and why', 'drover report $ID --failed'],
  ['The same against a deployed stack', 'drover jobs list --stack Drover --region eu-west-1'],
  ['For programs: JSON, one document a line', 'drover jobs list --json | jq -r .JobId'],
);

function addJobs(program: Command, runtime: Runtime): void {
  const jobs = program
    .command('jobs')
    .summary('create jobs, list, follow and change them')
    .description('Creates jobs, lists, follows and changes them.')
    .addHelpText(
      'after',
      examples(
        ['Create a job and follow it', 'drover jobs create --file job.yaml --no-confirm --wait'],
        ['What runs now', 'drover jobs list --status Active'],
        ['What failed, once more', 'drover jobs retry $ID'],
        ['Stop one', 'drover jobs cancel $ID --reason "wrong manifest"'],
      ),
    );
  addJobsCreate(jobs, runtime);
  addJobsClone(jobs, runtime);
  addJobsRetry(jobs, runtime);
  addJobsList(jobs, runtime);
  addJobsDescribe(jobs, runtime);
  addJobsWatch(jobs, runtime);
  addJobsEvents(jobs, runtime);
  addJobsFailures(jobs, runtime);
  addJobsCancel(jobs, runtime);
  addJobsConfirm(jobs, runtime);
  addJobsPause(jobs, runtime);
  addJobsResume(jobs, runtime);
  addJobsPriority(jobs, runtime);
  addJobsUpdate(jobs, runtime);
}

/** From package.json: one folder up in a checkout, two from dist. */
function packageVersion(): string {
  for (const candidate of ['../package.json', '../../package.json']) {
    try {
      const { version } = JSON.parse(readFileSync(new URL(candidate, import.meta.url), 'utf8')) as { version?: string };
      if (version !== undefined) return version;
    } catch {
      // Not there: the other one is.
    }
  }
  return 'unknown';
}
