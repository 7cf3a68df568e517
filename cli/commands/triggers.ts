import type { Command } from 'commander';
import { TriggerApi } from '../api/trigger-api.ts';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { triggerChanged, triggerDetails, triggerTable } from '../output/trigger-lines.ts';
import { type Runtime, runs } from '../runtime.ts';
import { addTriggersCreate } from './triggers-create.ts';
import { addTriggersFire } from './triggers-fire.ts';

/** `drover triggers`. */
export function addTriggers(program: Command, runtime: Runtime): void {
  const triggers = program
    .command('triggers')
    .summary('jobs that make themselves: when inventories or objects arrive, and on schedules')
    .description(
      'Jobs that make themselves. A trigger holds the request of a job, and creates it when an inventory report arrives, when an object arrives, or when a schedule says so.',
    )
    .addHelpText(
      'after',
      examples(
        [
          'A job for each report of an inventory',
          'drover triggers create nightly --inventory s3://inventories/photos/daily/ --job tag.yaml',
        ],
        ['What there is, and how it went', 'drover triggers list\ndrover triggers describe nightly'],
        ['Now, and not when the next report arrives', 'drover triggers fire nightly'],
      ),
    );
  addTriggersCreate(triggers, runtime);
  addList(triggers, runtime);
  addDescribe(triggers, runtime);
  addTriggersFire(triggers, runtime);
  addEnable(triggers, runtime, true);
  addEnable(triggers, runtime, false);
  addDelete(triggers, runtime);
}

function addList(triggers: Command, runtime: Runtime): void {
  const command = triggers
    .command('list')
    .summary('list triggers, with the last firing of each')
    .description('Lists triggers by name, with what became of the last firing of each.')
    .addHelpText(
      'after',
      examples(
        ['All of them', 'drover triggers list'],
        [
          'Those whose last firing failed',
          `drover triggers list --json | jq 'select(.LastFiring.Status == "Failed") | .Name'`,
        ],
      ),
    );
  runs<object, []>(command, runtime, async (context) => {
    await context.printer.printAll(triggerTable(await new TriggerApi(await context.api()).list()));
    return EXIT.done;
  });
}

function addDescribe(triggers: Command, runtime: Runtime): void {
  const command = triggers
    .command('describe')
    .argument('<name>', 'the trigger')
    .summary('show all about one trigger, and its last ten firings')
    .description('Shows one trigger: what it waits for, the job that it makes, its last ten firings and their errors.')
    .addHelpText(
      'after',
      examples(
        ['For people', 'drover triggers describe nightly'],
        ['The job of the last firing', "drover triggers describe nightly --json | jq -r '.Firings[0].JobId'"],
      ),
    );
  runs<object, [string]>(command, runtime, async (context, _options, name) => {
    await context.printer.print(triggerDetails(await new TriggerApi(await context.api()).describe(name)));
    return EXIT.done;
  });
}

function addEnable(triggers: Command, runtime: Runtime, enabled: boolean): void {
  const verb = enabled ? 'enable' : 'disable';
  const command = triggers
    .command(verb)
    .argument('<name>', 'the trigger')
    .summary(enabled ? 'let a trigger fire again, for what happens from now on' : 'let a trigger fire no more')
    .description(
      enabled
        ? 'Lets a trigger fire again. What happened while it was disabled does not fire it.'
        : 'Lets a trigger fire no more, until it is enabled. Firings that wait for an earlier job are skipped; jobs go on.',
    )
    .addHelpText('after', examples([enabled ? 'Go on' : 'For a while', `drover triggers ${verb} nightly`]));
  runs<object, [string]>(command, runtime, async (context, _options, name) => {
    await new TriggerApi(await context.api()).enable(name, enabled);
    await context.printer.print(triggerChanged(name, `${verb}d`, { Enabled: enabled }));
    return EXIT.done;
  });
}

function addDelete(triggers: Command, runtime: Runtime): void {
  const command = triggers
    .command('delete')
    .argument('<name>', 'the trigger')
    .summary('delete a trigger; its jobs stay')
    .description('Deletes a trigger and the list of its firings. Jobs that it made stay and go on.')
    .addHelpText('after', examples(['For good', 'drover triggers delete nightly']));
  runs<object, [string]>(command, runtime, async (context, _options, name) => {
    await new TriggerApi(await context.api()).delete(name);
    await context.printer.print(triggerChanged(name, 'deleted', {}));
    return EXIT.done;
  });
}
