import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { examples } from '../help.ts';
import { operationNamed } from '../jobs/operation-names.ts';
import { hint } from '../output/message.ts';
import { operationDetails, operationTable } from '../output/operation-details.ts';
import { type Runtime, runs } from '../runtime.ts';

/** `drover operations`. It asks nobody: the operations are those of this version. */
export function addOperations(program: Command, runtime: Runtime): void {
  const command = program
    .command('operations')
    .argument('[name]', 'an operation, such as put-object-copy')
    .summary('list the operations, or tell all about one')
    .description('Lists the operations that jobs can do; or tells what one takes, and what the role must be allowed.')
    .addHelpText(
      'after',
      examples(
        ['All of them', 'drover operations'],
        ['What a copy takes', 'drover operations put-object-copy'],
        ['The permissions that a job needs', 'drover operations delete-object --json | jq -r .RoleActions[]'],
      ),
    );
  runs<object, [string | undefined]>(command, runtime, async ({ printer }, _options, name) => {
    // Loaded only now: other commands do without them.
    const { OPERATIONS, findOperation } = await import('../../core/operations/registry.ts');
    if (name === undefined) {
      await printer.printAll([...operationTable(OPERATIONS), hint('All about one: drover operations NAME')]);
      return EXIT.done;
    }
    const { membersOf } = await import('../../core/operations/members.ts');
    const wanted = operationNamed(name);
    const operation = findOperation(wanted);
    if (operation === undefined) {
      const { refusalOf } = await import('../../core/operations/refusal.ts');
      throw new UsageError(`${wanted} ${refusalOf(wanted)}.`);
    }
    await printer.print(operationDetails(operation, membersOf(operation.name)));
    return EXIT.done;
  });
}
