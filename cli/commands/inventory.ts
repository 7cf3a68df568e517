import type { Command } from 'commander';
import { examples } from '../help.ts';
import type { Runtime } from '../runtime.ts';
import { addInventoryCreate } from './inventory-create.ts';
import { addInventoryList } from './inventory-list.ts';
import { addInventoryRun } from './inventory-run.ts';

/** `drover inventory`. */
export function addInventory(program: Command, runtime: Runtime): void {
  const inventory = program
    .command('inventory')
    .summary('write inventory reports where there is no S3 Inventory, or now and not tomorrow')
    .description(
      'Inventory reports in the layout of S3 Inventory, written from a listing: of S3-compatible stores, of the local S3, and of buckets in AWS whose report would come tomorrow.',
    )
    .addHelpText(
      'after',
      examples(
        ['A report, now', 'drover inventory create --bucket photos --destination s3://inventories'],
        ["Those that the local S3's inventory configurations ask for, now", 'drover inventory run'],
        ['What there is', 'drover inventory list --destination s3://inventories'],
      ),
    );
  addInventoryCreate(inventory, runtime);
  addInventoryList(inventory, runtime);
  addInventoryRun(inventory, runtime);
}
