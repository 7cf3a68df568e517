import type { S3Client } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { inventoryFault } from '../inventory/inventory-fault.ts';
import { inventoryS3Of, sdkClientOf } from '../inventory/inventory-s3.ts';
import { parseS3Prefix, type S3Place } from '../options/parsers.ts';
import { type FoundInventory, inventoryTable } from '../output/inventory-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

interface ListOptions {
  readonly destination: S3Place;
  readonly aws?: boolean;
  readonly profile?: string;
}

/** `drover inventory list`. */
export function addInventoryList(inventory: Command, runtime: Runtime): void {
  const command = inventory
    .command('list')
    .summary('list the reports under a destination')
    .description(
      "Lists the inventory reports under a destination, newest first: those that Drover wrote, and S3's own.",
    )
    .requiredOption('--destination <s3-uri>', 'where reports go: s3://bucket or s3://bucket/prefix', parseS3Prefix)
    .option('--aws', 'the bucket is in AWS, whatever --endpoint says')
    .addHelpText(
      'after',
      examples(
        ['All reports of a destination', 'drover inventory list --destination s3://inventories'],
        [
          'The manifest of the newest',
          'drover inventory list --destination s3://inventories/photos/daily --json | head -1 | jq -r .Manifest',
        ],
      ),
    );
  runs<ListOptions, []>(command, runtime, listInventories);
}

async function listInventories(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const target = await context.target();
  const s3 = inventoryS3Of(target, options);
  const client = await sdkClientOf(s3);
  try {
    const found = await findReports(client, options.destination);
    const newestFirst = found.sort((a, b) =>
      a.reportTime === b.reportTime ? 0 : a.reportTime < b.reportTime ? 1 : -1,
    );
    await context.printer.printAll(inventoryTable(newestFirst));
    return EXIT.done;
  } catch (error) {
    throw inventoryFault(error, s3, target.local);
  } finally {
    client.destroy();
  }
}

/** The manifests under a prefix. Data files stand between them in the listing: of a large destination name a part. */
async function findReports(client: S3Client, { bucket, key }: S3Place): Promise<FoundInventory[]> {
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const { reportAt } = await import('../../core/triggers/match.ts');
  const found: FoundInventory[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: key })) {
    for (const { Key = '', LastModified } of Contents) {
      if (!Key.endsWith('/manifest.json')) continue;
      const report = reportAt(Key.slice(0, -'manifest.json'.length));
      if (report === undefined) continue;
      found.push({
        sourceBucket: Key.split('/').at(-4) ?? '',
        id: report.configuration,
        reportTime: report.reportTime,
        manifest: `s3://${bucket}/${Key}`,
        written: LastModified?.toISOString() ?? '',
      });
    }
  }
  return found;
}
