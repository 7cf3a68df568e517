import { type Command, Option } from 'commander';
import { LISTED_FIELDS, listedFields, UnlistedField } from '../../core/inventory/fields.ts';
import { type InventoryFormat, type InventorySpec, isInventoryId } from '../../core/inventory/inventory-spec.ts';
import { reportMinute } from '../../core/inventory/report-layout.ts';
import type { WrittenInventory } from '../../core/inventory/write-inventory.ts';
import { dnsSuffixOf } from '../../core/signed-http/dns-suffix.ts';
import type { Encryption } from '../../core/stores/s3-report-destination.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { inventoryFault } from '../inventory/inventory-fault.ts';
import { type InventoryS3, inventoryS3Of, writeInventoryIn } from '../inventory/inventory-s3.ts';
import { parseNames, parseS3Prefix, type S3Place } from '../options/parsers.ts';
import { inventoryWritten } from '../output/inventory-lines.ts';
import { hint } from '../output/message.ts';
import { InventoryProgressView } from '../progress/inventory-progress.ts';
import { type Runtime, runs } from '../runtime.ts';

interface CreateOptions {
  readonly bucket: string;
  readonly destination: S3Place;
  readonly id: string;
  readonly format: InventoryFormat;
  readonly versions: 'current' | 'all';
  readonly fields: readonly string[];
  readonly prefix: string;
  readonly sse?: 's3' | 'kms';
  readonly kmsKey?: string;
  readonly aws?: boolean;
  readonly profile?: string;
}

/** Optional fields of a report that asks for none: what filters of jobs look at. */
const USUAL_FIELDS = 'Size,LastModifiedDate,ETag,StorageClass';

/** `drover inventory create`. */
export function addInventoryCreate(inventory: Command, runtime: Runtime): void {
  const command = inventory
    .command('create')
    .summary('write an inventory report of a bucket, now')
    .description(
      'Lists a bucket and writes an inventory report of it, in the layout of S3 Inventory: a manifest.json that jobs and triggers take, with its data files. It runs in this process and with your own credentials; nothing is announced before the report is whole.',
    )
    .requiredOption('--bucket <name>', 'the bucket to list')
    .requiredOption('--destination <s3-uri>', 'where reports go: s3://bucket or s3://bucket/prefix', parseS3Prefix)
    .option('--id <name>', 'a name for reports of this kind, part of their keys', 'inventory')
    .addOption(
      new Option('--format <format>', 'of the data files: CSV or Parquet (ORC is not written)')
        .default('CSV')
        .argParser(parseFormat),
    )
    .addOption(
      new Option('--versions <which>', 'current objects, or all versions with their delete markers')
        .choices(['current', 'all'])
        .default('current'),
    )
    .option(
      '--fields <names>',
      `optional fields: ${LISTED_FIELDS.join(', ')}; '' for none`,
      parseNames,
      parseNames(USUAL_FIELDS),
    )
    .option('--prefix <text>', 'only keys that begin with this', '')
    .addOption(
      new Option('--sse <kind>', "encrypt the report: s3, or kms (default: the bucket's own default)").choices([
        's3',
        'kms',
      ]),
    )
    .option('--kms-key <arn>', 'with --sse kms: the key (default: the one that AWS manages)')
    .option('--aws', 'the buckets are in AWS, whatever --endpoint says')
    .addHelpText(
      'after',
      examples(
        ['Of a bucket in the local cloud', 'drover inventory create --bucket photos --destination s3://inventories'],
        [
          'Of a bucket in AWS, for Athena, without waiting for tomorrow',
          'drover inventory create --aws --region eu-west-1 --bucket photos \\\n    --destination s3://inventories/now --format Parquet',
        ],
        [
          'All versions, of another S3',
          'drover inventory create --s3-endpoint http://minio.local:9000 --bucket photos \\\n    --destination s3://inventories --versions all --fields Size,ETag',
        ],
        [
          'The manifest of the report, for a script',
          'drover inventory create --bucket photos --destination s3://inventories --json | jq -r .Manifest',
        ],
      ),
    );
  runs<CreateOptions, []>(command, runtime, createInventory);
}

async function createInventory(context: CommandContext, options: CreateOptions): Promise<ExitCode> {
  const target = await context.target();
  const s3 = inventoryS3Of(target, options);
  const spec = specOf(options, s3);
  const encryption = encryptionOf(options);
  const began = context.io.clock.now();
  const written = await interruptible(context, s3, target.local, (signal, view) =>
    writeInventoryIn(s3, spec, encryption, reportMinute(began), { signal, onProgress: (now) => view.show(now) }),
  );
  if (written === undefined) {
    await context.printer.print(hint('Stopped. No report was written; data files that were begun are named by none.'));
    return EXIT.interrupted;
  }
  await context.printer.print(inventoryWritten(spec, written, (context.io.clock.now() - began) / 1_000));
  return EXIT.done;
}

/** Undefined when Ctrl-C came first. */
async function interruptible(
  context: CommandContext,
  s3: InventoryS3,
  local: boolean,
  work: (signal: AbortSignal, view: InventoryProgressView) => Promise<WrittenInventory>,
): Promise<WrittenInventory | undefined> {
  const stop = new AbortController();
  const removeListener = context.io.onInterrupt(() => stop.abort());
  const view = new InventoryProgressView(context);
  try {
    return await work(stop.signal, view);
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw inventoryFault(error, s3, local);
  } finally {
    view.end();
    removeListener();
  }
}

function specOf(options: CreateOptions, { region }: InventoryS3): InventorySpec {
  const { bucket, destination, id, format, versions, fields, prefix } = options;
  if (!isInventoryId(id)) {
    throw new UsageError(`--id must be 1 to 64 letters, digits, dots, hyphens and underscores, not '${id}'.`);
  }
  if (/[/:]/.test(bucket)) throw new UsageError(`--bucket is a bucket's name alone, not '${bucket}'.`);
  return {
    sourceBucket: bucket,
    id,
    destinationBucket: destination.bucket,
    destinationPrefix: destination.key.replace(/\/+$/, ''),
    format,
    versions: versions === 'all' ? 'All' : 'Current',
    fields: fieldsOf(fields),
    prefix,
    partition: partitionOf(region),
  };
}

function fieldsOf(names: readonly string[]): InventorySpec['fields'] {
  try {
    return listedFields(names.map((name) => name.trim()));
  } catch (error) {
    if (error instanceof UnlistedField) throw new UsageError(error.message);
    throw error;
  }
}

function parseFormat(text: string): InventoryFormat {
  const format = (['CSV', 'Parquet'] as const).find((one) => one.toLowerCase() === text.toLowerCase());
  if (format !== undefined) return format;
  throw new UsageError(
    text.toLowerCase() === 'orc'
      ? 'Inventories are not written in ORC: take Parquet, which the same tools read, or CSV.'
      : `--format must be CSV or Parquet, not '${text}'.`,
  );
}

/** Without any the destination's own default holds. */
function encryptionOf({ sse, kmsKey }: CreateOptions): Encryption {
  if (kmsKey !== undefined && sse !== 'kms') throw new UsageError('--kms-key is only for --sse kms.');
  if (sse === undefined) return {};
  if (sse === 's3') return { ServerSideEncryption: 'AES256' };
  return { ServerSideEncryption: 'aws:kms', ...(kmsKey === undefined ? {} : { SSEKMSKeyId: kmsKey }) };
}

function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return dnsSuffixOf(region) === 'amazonaws.com.cn' ? 'aws-cn' : 'aws';
}
