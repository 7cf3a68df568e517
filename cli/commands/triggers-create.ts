import { type Command, Option } from 'commander';
import { TriggerApi } from '../api/trigger-api.ts';
import type { CommandContext } from '../context.ts';
import { ApiError, UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { readJobFile } from '../jobs/job-file.ts';
import type { PartialRequest } from '../jobs/partial-request.ts';
import { parseS3Prefix } from '../options/parsers.ts';
import { triggerChanged } from '../output/trigger-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

type Place = ReturnType<typeof parseS3Prefix>;

interface CreateOptions {
  readonly file?: string;
  readonly inventory?: Place;
  readonly objects?: Place;
  readonly suffix?: string;
  readonly pattern?: string;
  readonly schedule?: string;
  readonly timeZone?: string;
  readonly job?: string;
  readonly overlap?: 'Skip' | 'Queue' | 'Run';
  readonly disabled?: boolean;
  readonly replace?: boolean;
}

const OVERLAPS = { skip: 'Skip', queue: 'Queue', run: 'Run' } as const;

/** `drover triggers create`. */
export function addTriggersCreate(triggers: Command, runtime: Runtime): void {
  const command = triggers
    .command('create')
    .argument('<name>', 'letters, digits, dots, hyphens and underscores, up to 32')
    .summary('create a trigger')
    .description(
      `Creates a trigger. Its job is checked now, as drover jobs create would. Variables in the job's texts, such as \${trigger.date}, \${trigger.key}, \${trigger.reportDate} and \${trigger.sourceBucket}, are filled in when it fires: see docs/automation.md.`,
    )
    .option('--inventory <prefix>', 'fire for reports under s3://bucket/prefix/', parseS3Prefix)
    .option('--objects <prefix>', 'fire for objects under s3://bucket/prefix', parseS3Prefix)
    .option('--suffix <text>', 'only objects whose keys end so, such as .csv')
    .option('--pattern <glob>', 'only objects whose whole keys fit, such as "incoming/**/*.csv"')
    .option('--schedule <expression>', 'fire on a schedule: cron(minutes hours day month weekday year) or rate(1 hour)')
    .option('--time-zone <name>', 'of the schedule, such as Europe/Berlin (default: UTC)')
    .option('--job <path>', 'the job: a YAML or JSON file, - for standard input; without a manifest for arrivals')
    .option('--file <path>', 'the whole trigger instead: Kind, Bucket, Prefix, Job, as the API takes them')
    .addOption(
      new Option('--overlap <what>', 'while its last job has not ended: queue, skip or run (schedules: skip)')
        .choices(Object.keys(OVERLAPS))
        .argParser((text: string) => {
          if (text in OVERLAPS) return OVERLAPS[text as keyof typeof OVERLAPS];
          throw new UsageError(`--overlap must be queue, skip or run, not "${text}".`);
        }),
    )
    .option('--disabled', 'do not fire until it is enabled')
    .option('--replace', 'put it in place of the trigger of that name')
    .addHelpText(
      'after',
      examples(
        [
          'A job for each report of an inventory',
          'drover triggers create nightly --inventory s3://inventories/photos/daily/ --job tag.yaml',
        ],
        [
          'A CSV dropped into a folder becomes a job',
          'drover triggers create dropped --objects s3://lists/incoming/ --suffix .csv --job copy.yaml --overlap run',
        ],
        [
          'Every Sunday at three in the morning',
          'drover triggers create weekly --schedule "cron(0 3 ? * SUN *)" --time-zone Europe/Berlin --job clean.yaml',
        ],
      ),
    );
  runs<CreateOptions, [string]>(command, runtime, createTrigger);
}

async function createTrigger(context: CommandContext, options: CreateOptions, name: string): Promise<ExitCode> {
  const file = options.file === undefined ? {} : await readJobFile(options.file, context.io);
  const definition = { ...file, ...(await definitionOf(options, context)) };
  if (definition['Kind'] === undefined) {
    throw new UsageError('Say what it waits for: --inventory, --objects or --schedule. Or the whole trigger: --file');
  }
  if (definition['Job'] === undefined) throw new UsageError('Still needed: --job job.yaml');
  const api = new TriggerApi(await context.api());
  if (options.replace !== true && (await exists(() => api.describe(name)))) {
    throw new UsageError(`There is a trigger ${name} already. With --replace it is changed.`);
  }
  await api.put(name, definition);
  await context.printer.print(triggerChanged(name, options.replace === true ? 'stored' : 'created', {}));
  return EXIT.done;
}

async function definitionOf(options: CreateOptions, context: CommandContext): Promise<PartialRequest> {
  const { inventory, objects, schedule, suffix, pattern, timeZone, overlap } = options;
  const kinds = [inventory, objects, schedule].filter((each) => each !== undefined);
  if (kinds.length > 1) throw new UsageError('A trigger has one of --inventory, --objects and --schedule.');
  const job = options.job === undefined ? undefined : await readJobFile(options.job, context.io);
  return {
    ...placeOf('Inventory', inventory),
    ...placeOf('Object', objects),
    ...(schedule === undefined ? {} : { Kind: 'Schedule', Schedule: schedule }),
    ...(suffix === undefined ? {} : { Suffix: suffix }),
    ...(pattern === undefined ? {} : { Pattern: pattern }),
    ...(timeZone === undefined ? {} : { TimeZone: timeZone }),
    ...(overlap === undefined ? {} : { Overlap: overlap }),
    ...(options.disabled === true ? { Enabled: false } : {}),
    ...(job === undefined ? {} : { Job: job }),
  };
}

function placeOf(kind: 'Inventory' | 'Object', place: Place | undefined): PartialRequest {
  if (place === undefined) return {};
  const { bucket, key } = place;
  return { Kind: kind, Bucket: `arn:aws:s3:::${bucket}`, ...(key === '' ? {} : { Prefix: key }) };
}

async function exists(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NotFoundException') return false;
    throw error;
  }
}
