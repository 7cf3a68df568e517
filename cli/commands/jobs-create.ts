import { type Command, Option } from 'commander';
import { AFTER_MANIFESTS, CONDITIONS } from '../../core/job/after.ts';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { followJob } from '../jobs/follow-job.ts';
import { readJobFile } from '../jobs/job-file.ts';
import { type JobFlags, MANIFEST_FORMATS, requestOfFlags } from '../jobs/job-flags.ts';
import { completeRequest } from '../jobs/job-request.ts';
import { manifestEtagIn } from '../jobs/manifest-etag.ts';
import type { PartialRequest } from '../jobs/partial-request.ts';
import {
  collect,
  HIGHEST_RATE,
  MOST_WORKERS,
  parseFields,
  parseJobIds,
  parseJsonObject,
  parseNames,
  parsePair,
  parsePairs,
  parseS3Object,
  parseS3Prefix,
  parseSeconds,
  parseThreshold,
  parseWhole,
} from '../options/parsers.ts';
import { jobCreated } from '../output/job-lines.ts';
import { hint } from '../output/message.ts';
import { type Runtime, runs } from '../runtime.ts';

/** The largest priority of the API. */
const HIGHEST_PRIORITY = 2_147_483_647;

/** What becomes of a request once it is whole. */
export interface SubmitOptions {
  readonly wait?: boolean;
  /** Seconds. */
  readonly interval: number;
}

interface CreateOptions extends JobFlags, SubmitOptions {
  readonly file?: string;
}

const EXAMPLES = examples(
  [
    'Give every object of a manifest two tags, and keep a report',
    `drover jobs create --manifest s3://lists/photos.csv --operation put-object-tagging \\
    --tags project=atlas,stage=done --report s3://reports/atlas \\
    --role-arn arn:aws:iam::000000000000:role/drover/tagger --no-confirm`,
  ],
  [
    'Call a Lambda function for every object, wait for the end; exit code 1 if any task failed',
    `drover jobs create --manifest s3://lists/photos.csv --fields Bucket,Key,VersionId \\
    --operation lambda-invoke --function-arn arn:aws:lambda:us-east-1:000000000000:function:thumbnail \\
    --report s3://reports/thumbnails --report-failed-only \\
    --role-arn arn:aws:iam::000000000000:role/drover/invoker --no-confirm --wait`,
  ],
  [
    'See what a copy would do; with --set, any member that `drover operations put-object-copy` tells of',
    `drover jobs create --manifest s3://lists/photos.csv --operation put-object-copy \\
    --to s3://archive/2026 --storage-class GLACIER_IR --set MetadataDirective=COPY --dry-run \\
    --report s3://reports/archive --role-arn arn:aws:iam::000000000000:role/drover/copier --no-confirm --wait`,
  ],
  [
    'A tag of its own for each object, from a column of the manifest, in single quotes that keep it from the shell',
    `drover jobs create --manifest s3://lists/photos.csv --fields Bucket,Key,Owner --task-parameters \\
    --operation merge-tags --tags 'owner=\${Owner}' --report s3://reports/owners \\
    --role-arn arn:aws:iam::000000000000:role/drover/tagger --no-confirm`,
  ],
  [
    'Delete what a manifest names, at most 500 objects a second',
    `drover jobs create --manifest s3://lists/old.csv --operation delete-object --confirm-delete --rate 500 \\
    --report s3://reports/deleted --role-arn arn:aws:iam::000000000000:role/drover/cleaner --no-confirm`,
  ],
  [
    'Without a manifest: all objects of a bucket whose keys begin with logs/2024/',
    `drover jobs create --bucket photos --prefix logs/2024/ --operation put-object-tagging --tags year=2024 \\
    --report s3://reports/logs --role-arn arn:aws:iam::000000000000:role/drover/tagger --no-confirm`,
  ],
  [
    'When that copy has ended, delete what was copied, and only that',
    `drover jobs create --after $COPY --after-on Any --after-tasks SucceededTasks --operation delete-object \\
    --confirm-delete --report s3://reports/moved --role-arn arn:aws:iam::000000000000:role/drover/cleaner --no-confirm`,
  ],
  [
    'From a file, in the shapes of the API (those of `aws s3control create-job --cli-input-json`)',
    'drover jobs create --file job.yaml',
  ],
  [
    'Any other manifest (a table in Parquet, CSV or JSON Lines, a report) is named in a file',
    'drover jobs create --file examples/manifests/parquet.yaml',
  ],
  [
    'The same file, with another manifest and a higher priority',
    'drover jobs create --file job.yaml --manifest s3://lists/more.csv --priority 50',
  ],
  [
    'From a program; a repeated token makes no second job',
    'make-job | drover jobs create --file - --token 2026-11-23-photos --json',
  ],
);

/** `drover jobs create`. */
export function addJobsCreate(jobs: Command, runtime: Runtime): void {
  const command = jobs
    .command('create')
    .summary('create a job')
    .description(
      'Creates a job: one operation on every object that a manifest names, or that a listing of a bucket finds. It waits for `drover jobs confirm`, unless it is created with --no-confirm.',
    );
  addManifestOptions(command);
  addOperationOptions(command);
  addReportOptions(command);
  addJobOptions(command);
  command.addHelpText('after', EXAMPLES);
  runs<CreateOptions, []>(command, runtime, createJob);
}

/** How a manifest is named. */
export function addManifestOptions(command: Command): void {
  command
    .optionsGroup('Manifest:')
    .option(
      '--manifest <s3-uri>',
      'what names the objects: a CSV with one a line, or the manifest.json of an inventory; other kinds with --file',
      parseS3Object,
    )
    .addOption(
      new Option(
        '--manifest-format <format>',
        'what it is (default: inventory-csv where its name is manifest.json, else csv)',
      ).choices(MANIFEST_FORMATS),
    )
    .option('--etag <etag>', 'its ETag; looked up when left out')
    .option('--manifest-version <id>', 'its version, in a bucket with versions')
    .option('--bucket <name>', 'instead of a manifest: the objects of this bucket, as a listing finds them')
    .option('--prefix <text>', 'with --bucket: only keys that begin with this')
    .option('--suffix <text>', 'with --bucket: only keys that end with this')
    .option(
      '--manifest-output <s3-uri>',
      'with --bucket: where to write the list too, for other jobs: s3://bucket/prefix',
      parseS3Prefix,
    )
    .option(
      '--filter <member=value>',
      'only what a filter wants, like OlderThan=90d; repeated: all',
      collect(parsePair),
    )
    .option(
      '--fields <names>',
      'its columns: Bucket, Key, VersionId, Ignore, or names for --task-parameters and --filter (default: Bucket,Key)',
      parseFields,
    );
}

/** What is to be done with each object. */
export function addOperationOptions(command: Command): void {
  command
    .optionsGroup('Operation:')
    .option('--operation <name>', 'what to do with each object, such as put-object-tagging: see `drover operations`')
    .option('--parameters <json>', "its members, in the API's shapes", parseJsonObject)
    .option('--set <member=value>', 'one of its members; may be repeated', collect(parsePair))
    .option('--tags <name=value,…>', "tags to put, merge, or give to copies; '' takes all tags away", parsePairs)
    .option('--remove-tags <names>', 'with merge-tags: keys of tags to take away', parseNames)
    .option('--to <s3-uri>', 'where to copy or move to: s3://bucket or s3://bucket/prefix', parseS3Prefix)
    .option('--storage-class <class>', 'storage class of copies')
    .option('--function-arn <arn>', 'function for lambda-invoke')
    .option('--confirm-delete', 'with delete-object: that you mean it, if the job needs no other confirmation')
    .option('--dry-run', 'change nothing; the report says what would be done, or why it would fail')
    .option('--skip-unchanged', 'leave alone what already is as it should be')
    .option('--task-parameters', `fill \${column} in the operation's values from each line of the manifest`)
    .option('--no-task-parameters', 'take such text as it is (default), also where a job that is cloned does not')
    .option('--rate <number>', 'tasks a second at most', parseWhole(1, HIGHEST_RATE))
    .option('--max-workers <number>', 'workers at once at most', parseWhole(1, MOST_WORKERS))
    .option(
      '--failure-threshold <percent>',
      'the job fails once more than so much of its tasks failed: 5, or 5/200 for 200 tasks at least (default: 50/1000)',
      parseThreshold,
    );
}

/** Whether and where there is a report. */
export function addReportOptions(command: Command): void {
  command
    .optionsGroup('Completion report:')
    .option('--report <s3-uri>', 'where to write it: s3://bucket/prefix', parseS3Prefix)
    .option('--report-failed-only', 'only the tasks that failed')
    .option('--no-report', 'no report');
}

/** What concerns the job as a whole. */
export function addJobOptions(command: Command, { file = true } = {}): void {
  command.optionsGroup('Job:');
  if (file) {
    const takes = 'a job as YAML or JSON in the shapes of the API; - for standard input; flags come on top';
    command.option('--file <path>', takes);
  }
  command
    .option('--role-arn <arn>', 'the role that the tasks act with')
    .option('--after <job-ids>', 'begin when these jobs have ended: ids, separated by commas', parseJobIds)
    .addOption(
      new Option('--after-on <outcome>', 'with --after: and all are Complete (default), one is Failed, or any').choices(
        CONDITIONS,
      ),
    )
    .addOption(
      new Option('--after-tasks <tasks>', 'with --after: their tasks, instead of a manifest').choices(AFTER_MANIFESTS),
    )
    .option('--priority <number>', 'higher goes first (default: 10)', parseWhole(0, HIGHEST_PRIORITY))
    .option('--description <text>', 'for people, up to 256 characters')
    .option('--confirm', 'wait for `drover jobs confirm` before the first task (default)')
    .option('--no-confirm', 'begin as soon as the manifest has been read')
    .option('--token <text>', 'a name for this request: sent again, it makes no second job')
    .option('--job-tag <name=value>', 'a tag of the job itself; may be repeated', collect(parsePair))
    .option('--wait', 'watch the job to its end, as `drover jobs watch` does')
    .option('--interval <seconds>', 'with --wait: time between two looks', parseSeconds, 1);
}

async function createJob(context: CommandContext, options: CreateOptions): Promise<ExitCode> {
  const flags = await requestOfFlags(options);
  const file = options.file === undefined ? {} : await readJobFile(options.file, context.io);
  return await submitJob(context, await completeRequest(file, flags, manifestEtagIn(context.objects)), options);
}

/** Creates the job of a request, and follows it where that is asked for. */
export async function submitJob(
  context: CommandContext,
  request: PartialRequest,
  { wait, interval }: SubmitOptions,
): Promise<ExitCode> {
  const api = await context.api();
  const jobId = await api.createJob(request);
  await context.printer.print(jobCreated(jobId));
  if (wait === true) return await followJob(context, jobId, interval);
  // Whether a clone is to be confirmed its source may have said.
  const confirmation = request['ConfirmationRequired'] ?? (await api.describeJob(jobId)).ConfirmationRequired;
  await context.printer.print(hint(nextStep(jobId, confirmation !== false)));
  return EXIT.done;
}

function nextStep(jobId: string, confirmation: boolean): string {
  return confirmation
    ? `It begins once you confirm it: drover jobs confirm ${jobId}`
    : `See how it goes: drover jobs watch ${jobId}`;
}
