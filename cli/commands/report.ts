import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { hasEnded } from '../../core/job/status.ts';
import type { JobDescriptor } from '../api/job-shapes.ts';
import type { ObjectStore } from '../api/object-store.ts';
import type { CommandContext } from '../context.ts';
import { CommandError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { type ReportLine, reportSaved } from '../output/report-line.ts';
import { readReportFile } from '../report/report-lines.ts';
import { reportLocationOf } from '../report/report-location.ts';
import { parseReportManifest, type ReportFile } from '../report/report-manifest.ts';
import { type Runtime, runs } from '../runtime.ts';

interface ReportOptions {
  readonly failed?: boolean;
  readonly output?: string;
}

/** `drover report`. */
export function addReport(program: Command, runtime: Runtime): void {
  const command = program
    .command('report')
    .argument('<id>', 'the job')
    .summary("print or save a job's completion report")
    .description(
      "Prints a job's completion report, a line for each task: bucket, key, version, succeeded or failed, HTTP status, " +
        'error code, message. Lines come as they stand in the report; with --json each comes with its names.',
    )
    .option('--failed', 'only the tasks that failed')
    .option('--output <file>', 'save the lines to a file')
    .addHelpText(
      'after',
      examples(
        ['What failed, and why', 'drover report 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c --failed'],
        ['Count the failures of each kind', 'drover report $ID --failed --json | jq -r .ErrorCode | sort | uniq -c'],
        ['Keep the whole report', 'drover report $ID --output report.csv'],
      ),
    );
  runs<ReportOptions, [string]>(command, runtime, printReport);
}

async function printReport(context: CommandContext, options: ReportOptions, id: string): Promise<ExitCode> {
  const job = await (await context.api()).describeJob(checkJobId(id));
  const store = await context.objects();
  try {
    const files = await reportFilesOf(store, job);
    const lines = linesOf(store, options.failed === true ? files.filter(isOfFailures) : files);
    if (options.output === undefined) for await (const line of lines) await context.printer.print(line);
    else await saveReport(context, job.JobId, lines, options.output);
    return EXIT.done;
  } finally {
    store.close();
  }
}

async function reportFilesOf(store: ObjectStore, job: JobDescriptor): Promise<readonly ReportFile[]> {
  const { bucket, manifestKey } = reportLocationOf(job);
  const manifest = await store.get(bucket, manifestKey);
  if (manifest?.Body === undefined) throw noReportYet(job);
  return parseReportManifest(await manifest.Body.transformToString(), `s3://${bucket}/${manifestKey}`);
}

function noReportYet(job: JobDescriptor): CommandError {
  const why = hasEnded(job.Status)
    ? `it ended ${job.Status}, and a job that carried out no task has none`
    : `it is ${job.Status}, and the report is written when it ends. Follow it with: drover jobs watch ${job.JobId}`;
  return new CommandError(`There is no report of job ${job.JobId}: ${why}`, 'NoReportYet');
}

async function* linesOf(store: ObjectStore, files: readonly ReportFile[]): AsyncGenerator<ReportLine> {
  for (const file of files) yield* readReportFile(store, file);
}

function isOfFailures(file: ReportFile): boolean {
  return file.TaskExecutionStatus === 'failed';
}

/** The file appears under its name only when it is whole. */
async function saveReport(
  context: CommandContext,
  jobId: string,
  lines: AsyncIterable<ReportLine>,
  file: string,
): Promise<void> {
  const partial = `${file}.partial`;
  let count = 0;
  async function* texts(): AsyncGenerator<string> {
    for await (const line of lines) {
      count += 1;
      yield `${context.printer.lineOf(line)}\n`;
    }
  }
  try {
    await pipeline(Readable.from(texts()), createWriteStream(partial));
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
  await context.printer.print(reportSaved(jobId, count, file));
}
