import {
  DeleteRuleCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import type { EventRules } from './event-rules.ts';

export interface EventRulesOptions {
  readonly client: EventBridgeClient;
  /** Rules are named by it and the trigger. */
  readonly prefix: string;
  /** The function that events go to; it allows EventBridge to call it for rules of these names. */
  readonly targetArn: string;
}

/** The only target of each rule. */
const TARGET_ID = 'drover';

/** Rules of the default bus. */
export function createEventRules({ client, prefix, targetArn }: EventRulesOptions): EventRules {
  return {
    async put(trigger, pattern) {
      const Name = `${prefix}${trigger}`;
      const Description = `Brings the trigger ${trigger} of Drover its events.`;
      await client.send(new PutRuleCommand({ Name, Description, EventPattern: pattern, State: 'ENABLED' }));
      const { FailedEntryCount, FailedEntries } = await client.send(
        new PutTargetsCommand({ Rule: Name, Targets: [{ Id: TARGET_ID, Arn: targetArn }] }),
      );
      if ((FailedEntryCount ?? 0) > 0) {
        throw new Error(`EventBridge did not take the target of ${Name}: ${FailedEntries?.[0]?.ErrorMessage}`);
      }
    },
    async remove(trigger) {
      const Rule = `${prefix}${trigger}`;
      try {
        await client.send(new RemoveTargetsCommand({ Rule, Ids: [TARGET_ID] }));
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return;
        throw error;
      }
      await client.send(new DeleteRuleCommand({ Name: Rule }));
    },
  };
}
