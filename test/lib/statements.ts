import type { Stack } from 'aws-cdk-lib';
import { named, resourcesOf } from './synthesized.ts';

/** One permission of one role: an action on a resource. */
export interface Permission {
  /** Path of the role's owner in the Drover, such as `Worker` or `RunJobMachine`. */
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  readonly condition?: unknown;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Every permission that the stack's identity policies give, one by one. */
export function permissionsOf(stack: Stack): readonly Permission[] {
  return resourcesOf(stack, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const [role] = Properties.Roles as [unknown];
    const who = named(role).replace(/^<Drover(\w+?)Role>$/, '$1');
    return (Properties.PolicyDocument as { Statement: Statement[] }).Statement.flatMap((statement) =>
      list(statement.Action).flatMap((action) =>
        list(statement.Resource).map((resource) => ({
          who,
          action: String(action),
          resource: named(resource),
          ...(statement.Condition !== undefined && { condition: statement.Condition }),
        })),
      ),
    );
  });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
