import { type OperationName, S3_OPERATION_NAMES } from '../../core/job/operation-name.ts';
import { UsageError } from '../errors.ts';
import type { Pair } from '../options/parsers.ts';
import { flagNameOf, operationNamed } from './operation-names.ts';
import { membersOfShorthands, type ShorthandFlags, shorthandFor } from './operation-shorthands.ts';
import type { PartialRequest } from './partial-request.ts';

/** What `jobs create` was told of the operation. */
export interface OperationFlags extends ShorthandFlags {
  readonly operation?: string;
  readonly parameters?: PartialRequest;
  /** Members by name or by path (`LegalHold.Status`), with their values as text. */
  readonly set?: readonly Pair[];
}

/** A request's `Operation`, as the flags give it: a flag of its own goes before --set, --set before --parameters. */
export async function operationOfFlags(text: string, flags: OperationFlags): Promise<PartialRequest> {
  const name = operationNamed(text);
  const shorthands = membersOfShorthands(name, flags);
  // The schemas are loaded only now: most commands do without them.
  const { membersOf, ownerOf } = await import('../../core/operations/members.ts');
  const { setMembers } = await import('./set-members.ts');
  const parameters = { ...setMembers(name, flags.parameters ?? {}, flags.set ?? []), ...shorthands };
  const missing = membersOf(name).filter((member) => member.required && parameters[member.name] === undefined);
  if (missing[0] !== undefined) throw needs(name, missing[0].name);
  return placed(name, parameters, (member) => ownerOf(name, member));
}

/** S3's members under the operation's own name, the others under Drover's. */
function placed(
  name: OperationName,
  parameters: PartialRequest,
  ownerOf: (member: string) => 'S3' | 'Drover',
): PartialRequest {
  if (!(S3_OPERATION_NAMES as readonly string[]).includes(name)) return { Drover: { [name]: parameters } };
  const of = (owner: 'S3' | 'Drover') => Object.entries(parameters).filter(([member]) => ownerOf(member) === owner);
  const own = { [name]: Object.fromEntries(of('S3')) };
  const drover = of('Drover');
  return drover.length === 0 ? own : { ...own, Drover: { [name]: Object.fromEntries(drover) } };
}

function needs(name: OperationName, member: string): UsageError {
  const flag = shorthandFor(name);
  if (flag === '--tags') {
    return new UsageError(`--operation ${flagNameOf(name)} needs --tags name=value,… (--tags '' takes all tags away).`);
  }
  if (flag !== undefined) return new UsageError(`--operation ${flagNameOf(name)} needs ${flag}.`);
  return new UsageError(
    `--operation ${flagNameOf(name)} needs ${member}: --set ${member}=… or --parameters '{"${member}": …}'`,
  );
}
