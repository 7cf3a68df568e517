import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { checkJobId } from '../options/job-id.ts';
import { type ReportLine, reportSaved } from '../output/report-line.ts';
import { readReport, reportFilesOf } from '../report/job-report.ts';
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
        ['Count the failures of each kind', 'drover jobs failures $ID'],
        ['Keep the whole report', 'drover report $ID --output report.csv'],
      ),
    );
  runs<ReportOptions, [string]>(command, runtime, printReport);
}

async function printReport(context: CommandContext, options: ReportOptions, id: string): Promise<ExitCode> {
  const job = await (await context.api()).describeJob(checkJobId(id));
  const store = await context.objects();
  try {
    const lines = readReport(store, await reportFilesOf(store, job), options.failed === true);
    if (options.output === undefined) for await (const line of lines) await context.printer.print(line);
    else await saveReport(context, job.JobId, lines, options.output);
    return EXIT.done;
  } finally {
    store.close();
  }
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
