import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { CommandError, UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { runLocalInventories } from '../inventory/run-local.ts';
import { inventoryRan } from '../output/inventory-lines.ts';
import { hint } from '../output/message.ts';
import { InventoryProgressView } from '../progress/inventory-progress.ts';
import { type Runtime, runs } from '../runtime.ts';

interface RunOptions {
  readonly bucket?: string;
  readonly id?: string;
}

/** `drover inventory run`. */
export function addInventoryRun(inventory: Command, runtime: Runtime): void {
  const command = inventory
    .command('run')
    .summary("write the reports of the local S3's inventory configurations, now")
    .description(
      "Writes a report of each enabled inventory configuration of the local S3 (PutBucketInventoryConfiguration), without waiting until it is due. The local cloud writes them; of other S3s 'drover inventory create' writes reports.",
    )
    .option('--bucket <name>', 'only configurations of this bucket')
    .option('--id <id>', 'only configurations of this id')
    .addHelpText(
      'after',
      examples(
        ['All of them', 'drover inventory run'],
        ['One, for a script', 'drover inventory run --bucket photos --id daily --json | jq -r .Manifest'],
      ),
    );
  runs<RunOptions, []>(command, runtime, runInventories);
}

async function runInventories(context: CommandContext, { bucket, id }: RunOptions): Promise<ExitCode> {
  const target = await context.target();
  if (!target.local) {
    throw new UsageError("S3 writes its own inventories when they are due. 'drover inventory create' writes one now.");
  }
  const stop = new AbortController();
  const removeListener = context.io.onInterrupt(() => stop.abort());
  const view = new InventoryProgressView(context);
  let code: ExitCode = EXIT.done;
  try {
    const wanted = { ...(bucket !== undefined && { Bucket: bucket }), ...(id !== undefined && { Id: id }) };
    for await (const line of runLocalInventories(target.endpoint, wanted, stop.signal)) {
      if (line.Rows !== undefined) {
        view.show({ rows: line.Rows, files: 0, bytes: 0 });
        continue;
      }
      view.end();
      if (line.Error === undefined) {
        await context.printer.print(inventoryRan(line));
        continue;
      }
      code = EXIT.failed;
      const message = `The inventory ${line.Id} of the bucket ${line.Bucket} was not written: ${line.Error}`;
      await context.printer.printError(new CommandError(message, 'InventoryNotWritten'));
    }
    return code;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    await context.printer.print(hint('The local cloud goes on writing what it has begun.'));
    return EXIT.interrupted;
  } finally {
    view.end();
    removeListener();
  }
}
