import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { type CountedManifest, countTasks, type TaskCount } from '../estimate/count-tasks.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { readJobFile } from '../jobs/job-file.ts';
import { type JobFlags, requestOfFlags } from '../jobs/job-flags.ts';
import { mergedRequest } from '../jobs/job-request.ts';
import type { PartialRequest } from '../jobs/partial-request.ts';
import { checkJobId } from '../options/job-id.ts';
import { parseWhole } from '../options/parsers.ts';
import { estimateDetails } from '../output/estimate-details.ts';
import { type Runtime, runs } from '../runtime.ts';
import { addManifestOptions, addOperationOptions } from './jobs-create.ts';

interface EstimateOptions extends JobFlags {
  readonly file?: string;
  readonly tasks?: number;
  readonly objectBytes?: number;
  readonly latency?: number;
  readonly atRate?: number;
}

const EXAMPLES = examples(
  [
    'What tagging a billion objects would take',
    'drover estimate --operation put-object-tagging --tags a=b --tasks 1000000000',
  ],
  ['A job that is not created yet; its manifest is looked at', 'drover estimate --file job.yaml'],
  [
    'A copy of objects of 2 MB on average into another storage class',
    `drover estimate --manifest s3://lists/photos.csv --operation put-object-copy \\
    --to s3://archive --storage-class GLACIER_IR --object-bytes 2000000`,
  ],
  ['A job that waits for its confirmation', 'drover estimate 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c'],
  ['Dollars, for a program', 'drover estimate --file job.yaml --json | jq .Costs.Total'],
);

/** `drover estimate`. */
export function addEstimate(program: Command, runtime: Runtime): void {
  const command = program
    .command('estimate')
    .argument('[id]', 'a job that has been prepared')
    .summary('tell what a job would take, in time and in dollars')
    .description(
      'Tells how long a job would take and what it would cost: Drover, the requests of its objects, and S3 Batch Operations for the same work. Nothing is created. Without --tasks a look at the manifest, with your own credentials, tells how many objects there are.',
    );
  command
    .optionsGroup('What is known:')
    .option('--tasks <number>', 'how many objects there are', parseWhole(1, 1e12))
    .option('--object-bytes <number>', 'bytes of an object, on average', parseWhole(0, 53_687_091_200_000))
    .option('--latency <ms>', 'until S3, or the function, answers (default: 100)', parseWhole(1, 900_000))
    .option('--at-rate <number>', 'tasks a second that something else allows', parseWhole(1, 1_000_000));
  addManifestOptions(command);
  addOperationOptions(command);
  command
    .optionsGroup('Job:')
    .option('--file <path>', 'a job as YAML or JSON in the shapes of the API; - for standard input; flags come on top');
  command.addHelpText('after', EXAMPLES);
  runs<EstimateOptions, [string | undefined]>(command, runtime, estimate);
}

async function estimate(context: CommandContext, options: EstimateOptions, id?: string): Promise<ExitCode> {
  if (id !== undefined) {
    refuseRequest(options);
    const Assumptions = assumptionsOf(options, undefined);
    const found = await (await context.api()).estimate({ JobId: checkJobId(id), Assumptions });
    await context.printer.print(estimateDetails(found, undefined));
    return EXIT.done;
  }
  const flags = await requestOfFlags(options);
  const file = options.file === undefined ? {} : await readJobFile(options.file, context.io);
  const request = mergedRequest(file, flags);
  if (request['Operation'] === undefined) {
    throw new UsageError('Still needed: --operation, or a whole job with --file job.yaml, or the id of a job.');
  }
  const count = options.tasks === undefined ? await look(context, request) : undefined;
  const found = await (await context.api()).estimate({
    Request: withEtag(request),
    Assumptions: assumptionsOf(options, count),
  });
  await context.printer.print(estimateDetails(found, count));
  return EXIT.done;
}

/** A flag that would be left unused is a mistake that the user wants to hear of. */
function refuseRequest({ file, tasks, manifest, operation }: EstimateOptions): void {
  const given = Object.entries({ '--file': file, '--tasks': tasks, '--manifest': manifest, '--operation': operation });
  const [flag] = given.find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined)
    throw new UsageError(`${flag} is for a job that is not created yet: leave out it, or the id.`);
}

async function look({ objects }: CommandContext, request: PartialRequest): Promise<TaskCount> {
  const manifest = request['Manifest'];
  if (typeof manifest === 'object' && manifest !== null) {
    return await countTasks(await objects(), manifest as CountedManifest);
  }
  if (request['ManifestGenerator'] !== undefined) {
    throw new UsageError('How many objects a generated manifest names must be given: --tasks N');
  }
  throw new UsageError('Still needed: --tasks N, or --manifest s3://bucket/key to look at.');
}

/** The API wants an object's ETag, and an estimate does not read what it is for. */
function withEtag(request: PartialRequest): PartialRequest {
  const manifest = request['Manifest'] as { readonly Location?: { readonly ObjectArn?: string } } | undefined;
  // A prefix has none.
  if (manifest?.Location === undefined || /\/\*?$/.test(manifest.Location.ObjectArn ?? '')) return request;
  return { ...request, Manifest: { ...manifest, Location: { ETag: 'estimate', ...manifest.Location } } };
}

function assumptionsOf(options: EstimateOptions, count: TaskCount | undefined): Record<string, number> {
  const all = {
    Tasks: options.tasks ?? count?.tasks,
    AverageObjectBytes: options.objectBytes ?? count?.objectBytes,
    RequestLatencyMilliseconds: options.latency,
    TasksPerSecond: options.atRate,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, number] => entry[1] !== undefined));
}
