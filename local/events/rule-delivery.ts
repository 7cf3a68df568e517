import type { BusEvent, CloudIdentity, FunctionInvoker } from '../service.ts';
import type { Rule, RuleTarget } from './rule.ts';

/** An event as a target gets it. */
export interface DeliveredEvent extends BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
}

/** The envelope that every event gets. */
export function envelop(event: BusEvent, identity: CloudIdentity, time: Date = new Date()): DeliveredEvent {
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': event['detail-type'],
    source: event.source,
    account: identity.account,
    time: time.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: identity.region,
    resources: event.resources,
    detail: event.detail,
  };
}

/** Hands events to the asynchronous queues of functions: whatever was delivered is run at least once. */
export class RuleDelivery {
  constructor(private readonly lambda: Pick<FunctionInvoker, 'invokeAsync'>) {}

  /** Returned once every target of the rules has the event. A target that refuses is told on stderr and left out. */
  async deliver(event: DeliveredEvent, rules: readonly Rule[]): Promise<void> {
    await Promise.all(rules.flatMap((rule) => rule.Targets.map((target) => this.send(event, rule, target))));
  }

  private async send(event: DeliveredEvent, rule: Rule, target: RuleTarget): Promise<void> {
    try {
      await this.lambda.invokeAsync(target.Arn, payloadFor(event, target));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`The rule ${rule.Name} could not send the event ${event.id} to ${target.Arn}: ${reason}`);
    }
  }
}

function payloadFor(event: DeliveredEvent, { Input, InputPath }: RuleTarget): string {
  if (Input !== undefined) return Input;
  const names = (InputPath ?? '$').split('.').slice(1);
  let part: unknown = event;
  for (const name of names) part = (part as Record<string, unknown> | null | undefined)?.[name];
  return JSON.stringify(part ?? {});
}
