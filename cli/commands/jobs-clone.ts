import type { Command } from 'commander';
import { examples } from '../help.ts';
import { readJobFile } from '../jobs/job-file.ts';
import { type JobFlags, requestOfFlags } from '../jobs/job-flags.ts';
import { cloneRequest } from '../jobs/job-request.ts';
import { manifestEtagIn } from '../jobs/manifest-etag.ts';
import { checkJobId } from '../options/job-id.ts';
import { type Runtime, runs } from '../runtime.ts';
import {
  addJobOptions,
  addManifestOptions,
  addOperationOptions,
  addReportOptions,
  type SubmitOptions,
  submitJob,
} from './jobs-create.ts';

interface CloneOptions extends JobFlags, SubmitOptions {
  readonly file?: string;
}

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';

const EXAMPLES = examples(
  ['The same job again', `drover jobs clone ${JOB}`],
  [
    'On another manifest, without a confirmation',
    `drover jobs clone ${JOB} --manifest s3://lists/more.csv --no-confirm --wait`,
  ],
  ['What it would do now, and nothing done', `drover jobs clone ${JOB} --dry-run --report s3://reports/trial`],
  [
    'Without a description and tags: a member that is null in a file is taken away',
    `echo '{"Description": null, "Tags": null}' | drover jobs clone ${JOB} --file -`,
  ],
);

/** `drover jobs clone`. */
export function addJobsClone(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('clone')
    .argument('<id>', 'the job to make another of')
    .summary('create a job like another, with what you say changed')
    .description(
      "Creates a job with another's request. What you give by flags or by a file stands in place of the member of that request, whole; all else is as it was there.",
    );
  addManifestOptions(command);
  addOperationOptions(command);
  addReportOptions(command);
  addJobOptions(command);
  command.addHelpText('after', EXAMPLES);
  runs<CloneOptions, [string]>(command, runtime, async (context, options, id) => {
    const file = options.file === undefined ? {} : await readJobFile(options.file, context.io);
    const flags = await requestOfFlags(options);
    const request = await cloneRequest(checkJobId(id), file, flags, manifestEtagIn(context.objects));
    return await submitJob(context, request, options);
  });
}
