import type { Command } from 'commander';
import type { FiringDescriptor } from '../../core/api/triggers.ts';
import { TriggerApi } from '../api/trigger-api.ts';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { examples } from '../help.ts';
import { firingOutcome } from '../output/trigger-lines.ts';
import { type Runtime, runs } from '../runtime.ts';

interface FireOptions {
  readonly key?: string;
}

/** A firing takes a second or two; what takes longer is told of as it stands. */
const PATIENCE_MILLISECONDS = 30_000;
const PAUSE_MILLISECONDS = 500;

/** `drover triggers fire`. */
export function addTriggersFire(triggers: Command, runtime: Runtime): void {
  const command = triggers
    .command('fire')
    .argument('<name>', 'the trigger')
    .summary('let a trigger fire now')
    .description(
      'Lets a trigger fire now, enabled or not: an inventory trigger for the newest report there is, a schedule as if it were time, an object trigger for the key that you give.',
    )
    .option('--key <key>', 'the object, or the manifest.json of the report, to fire for')
    .addHelpText(
      'after',
      examples(
        ['Try it', 'drover triggers fire nightly'],
        [
          'For a report of last month',
          'drover triggers fire nightly --key photos/daily/2026-10-01T01-00Z/manifest.json',
        ],
        ['And follow the job', 'drover jobs watch $(drover triggers fire nightly --json | jq -r .JobId)'],
      ),
    );
  runs<FireOptions, [string]>(command, runtime, fireTrigger);
}

async function fireTrigger(context: CommandContext, options: FireOptions, name: string): Promise<ExitCode> {
  const api = new TriggerApi(await context.api());
  const firingId = await api.fire(name, options.key);
  const firing = await settled(context, api, name, firingId);
  await context.printer.print(firingOutcome(name, firingId, firing));
  return firing?.Status === 'Failed' ? EXIT.failed : EXIT.done;
}

/** The firing when something has become of it, or as it stands when patience ends. */
async function settled(
  { io: { clock } }: CommandContext,
  api: TriggerApi,
  name: string,
  firingId: string,
): Promise<FiringDescriptor | undefined> {
  for (let waited = 0; ; waited += PAUSE_MILLISECONDS) {
    const { Firings } = await api.describe(name);
    const firing = Firings.find((each) => each.FiringId === firingId);
    if ((firing !== undefined && firing.Status !== 'Pending') || waited >= PATIENCE_MILLISECONDS) return firing;
    await clock.sleep(PAUSE_MILLISECONDS);
  }
}
