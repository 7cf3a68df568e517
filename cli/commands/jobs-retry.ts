import { type Command, Option } from 'commander';
import type { TaskSelection } from '../../core/job/task-selection.ts';
import { examples } from '../help.ts';
import { type JobFlags, requestOfFlags } from '../jobs/job-flags.ts';
import { cloneRequest } from '../jobs/job-request.ts';
import { manifestEtagIn } from '../jobs/manifest-etag.ts';
import { checkJobId } from '../options/job-id.ts';
import { type Runtime, runs } from '../runtime.ts';
import { addJobOptions, addOperationOptions, addReportOptions, type SubmitOptions, submitJob } from './jobs-create.ts';

interface RetryOptions extends JobFlags, SubmitOptions {
  readonly only?: keyof typeof SELECTIONS;
}

/** What `--only` says, in the API's words. */
const SELECTIONS = { failed: 'Failed', unreached: 'Unreached' } as const satisfies Record<string, TaskSelection>;

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';

const EXAMPLES = examples(
  ['What failed, and what was never reached, once more', `drover jobs retry ${JOB} --wait`],
  ['Go on with a job that was cancelled, and leave what failed', `drover jobs retry ${JOB} --only unreached`],
  [
    'What failed for its rights, with another role, slowly',
    `drover jobs retry ${JOB} --only failed --role-arn arn:aws:iam::000000000000:role/drover/admin --rate 50`,
  ],
);

/** `drover jobs retry`. */
export function addJobsRetry(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('retry')
    .argument('<id>', 'a job that has ended')
    .summary('create a job of what another did not do')
    .description(
      "Creates a job of the tasks of an ended one that failed or were never reached, with its request: what you leave out is as it was there. It needs neither that job's manifest nor its report.",
    )
    .addOption(
      new Option('--only <tasks>', 'failed: only what failed; unreached: only what no worker came to').choices(
        Object.keys(SELECTIONS),
      ),
    );
  addOperationOptions(command);
  addReportOptions(command);
  addJobOptions(command, { file: false });
  command.addHelpText('after', EXAMPLES);
  runs<RetryOptions, [string]>(command, runtime, async (context, options, id) => {
    const jobId = checkJobId(id);
    const TasksOf = { JobId: jobId, ...(options.only === undefined ? {} : { Tasks: SELECTIONS[options.only] }) };
    const flags = await requestOfFlags(options);
    const request = await cloneRequest(jobId, { Drover: { TasksOf } }, flags, manifestEtagIn(context.objects));
    return await submitJob(context, request, options);
  });
}
