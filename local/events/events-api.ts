import { z } from 'zod';
import type { CloudIdentity } from '../service.ts';
import { EventsRefusal, validationFailure } from './refusal.ts';
import { mergeTargets, parseRule, type Rule } from './rule.ts';
import type { RuleBook } from './rule-book.ts';
import type { RuleClock } from './rule-clock.ts';
import { type DeliveredEvent, envelop, type RuleDelivery } from './rule-delivery.ts';

/** What the API works on. */
export interface EventsApiParts {
  readonly book: RuleBook;
  readonly clock: RuleClock;
  readonly delivery: RuleDelivery;
  readonly identity: CloudIdentity;
}

type Members = Record<string, unknown>;

/** Entries of one PutEvents. */
const MOST_ENTRIES = 10;

const nameSchema = z.string({ error: 'a rule must be named' }).min(1);

/** The ARN of a rule of the default bus. */
export function ruleArn(name: string, { region, account }: CloudIdentity): string {
  return `arn:aws:events:${region}:${account}:rule/${name}`;
}

/** The operations of EventBridge: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
export class EventsApi {
  private readonly operations: Readonly<Record<string, (input: Members) => Promise<Members>>> = {
    PutRule: (input) => this.putRule(input),
    DescribeRule: async ({ Name }) => this.describe(this.parts.book.require(requireName(Name))),
    ListRules: (input) => this.listRules(input),
    DeleteRule: (input) => this.deleteRule(input),
    EnableRule: ({ Name }) => this.setState(requireName(Name), 'ENABLED'),
    DisableRule: ({ Name }) => this.setState(requireName(Name), 'DISABLED'),
    PutTargets: (input) => this.putTargets(input),
    RemoveTargets: (input) => this.removeTargets(input),
    ListTargetsByRule: async ({ Rule }) => ({ Targets: this.parts.book.require(requireName(Rule)).Targets }),
    PutEvents: (input) => this.putEvents(input),
  };

  constructor(private readonly parts: EventsApiParts) {}

  /** @throws EventsRefusal */
  call(operation: string, input: Members): Promise<Members> {
    const run = this.operations[operation];
    if (run === undefined) {
      throw new EventsRefusal('UnknownOperationException', `The local EventBridge does not know ${operation}`);
    }
    requireDefaultBus(input.EventBusName);
    return run(input);
  }

  private async putRule(input: Members): Promise<Members> {
    const rule = parseRule(input);
    await this.put({ ...rule, Targets: this.parts.book.find(rule.Name)?.Targets ?? [] });
    return { RuleArn: ruleArn(rule.Name, this.parts.identity) };
  }

  private async listRules({ NamePrefix, NextToken, Limit }: Members): Promise<Members> {
    const rules = this.parts.book.list().filter(({ Name }) => Name.startsWith(String(NamePrefix ?? '')));
    const from = rules.filter(({ Name }) => Name >= String(NextToken ?? ''));
    const size = typeof Limit === 'number' ? Limit : 100;
    const next = from[size];
    const page = from.slice(0, size).map((rule) => this.describe(rule));
    return { Rules: page, ...(next === undefined ? {} : { NextToken: next.Name }) };
  }

  private async deleteRule({ Name }: Members): Promise<Members> {
    const rule = this.parts.book.find(requireName(Name));
    if (rule === undefined) return {};
    if (rule.Targets.length > 0) throw validationFailure("Rule can't be deleted since it has targets.");
    await this.parts.book.remove(rule.Name);
    await this.parts.clock.forget(rule.Name);
    return {};
  }

  private async setState(name: string, State: Rule['State']): Promise<Members> {
    await this.put({ ...this.parts.book.require(name), State });
    return {};
  }

  private async putTargets({ Rule: name, Targets }: Members): Promise<Members> {
    const rule = this.parts.book.require(requireName(name));
    await this.put({ ...rule, Targets: mergeTargets(rule.Targets, Targets) });
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  private async removeTargets({ Rule: name, Ids }: Members): Promise<Members> {
    const rule = this.parts.book.require(requireName(name));
    const ids: unknown[] = Array.isArray(Ids) ? Ids : [];
    await this.put({ ...rule, Targets: rule.Targets.filter(({ Id }) => !ids.includes(Id)) });
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  private async putEvents({ Entries: given }: Members): Promise<Members> {
    const entries: unknown[] = Array.isArray(given) ? given : [];
    if (entries.length < 1 || entries.length > MOST_ENTRIES) {
      throw validationFailure(`PutEvents takes 1 to ${MOST_ENTRIES} entries, not ${entries.length}`);
    }
    const results = await Promise.all(entries.map((entry) => this.putEntry(entry)));
    const failed = results.filter((result) => 'ErrorCode' in result).length;
    return { FailedEntryCount: failed, Entries: results };
  }

  private async putEntry(given: unknown): Promise<Members> {
    const event = this.readEntry(given);
    if ('ErrorCode' in event) return event;
    await this.parts.delivery.deliver(event, this.parts.book.matching(event));
    return { EventId: event.id };
  }

  private readEntry(given: unknown): DeliveredEvent | { ErrorCode: string; ErrorMessage: string } {
    const entry = entrySchema.safeParse(given);
    if (!entry.success) {
      const text = entry.error.issues.map(
        ({ path, message }) => `Parameter ${path.join('.')} is not valid. Reason: ${message}`,
      );
      return { ErrorCode: 'InvalidArgument', ErrorMessage: text.join('; ') };
    }
    const { Source, DetailType, Detail, Resources, Time } = entry.data;
    if (Source.startsWith('aws.')) {
      return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
    }
    const detail = parseDetail(Detail);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const event = { source: Source, 'detail-type': DetailType, resources: Resources, detail };
    return envelop(event, this.parts.identity, Time === undefined ? new Date() : new Date(Time * 1_000));
  }

  private async put(rule: Rule): Promise<void> {
    await this.parts.book.put(rule);
    this.parts.clock.changed();
  }

  private describe({ Targets: _, ...rule }: Rule): Members {
    return { ...rule, Arn: ruleArn(rule.Name, this.parts.identity), EventBusName: 'default' };
  }
}

const required = (name: string): z.ZodString => z.string({ error: `${name} is a required argument.` }).min(1);
const entrySchema = z.looseObject({
  Source: required('Source'),
  DetailType: required('DetailType'),
  Detail: required('Detail'),
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});

function parseDetail(detail: string): unknown {
  try {
    const parsed: unknown = JSON.parse(detail);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function requireName(given: unknown): string {
  const name = nameSchema.safeParse(given);
  if (!name.success) throw validationFailure('The request must name a rule');
  return name.data;
}

function requireDefaultBus(given: unknown): void {
  if (given === undefined || given === null || given === 'default' || String(given).endsWith(':event-bus/default'))
    return;
  throw new EventsRefusal('ResourceNotFoundException', `Event bus ${String(given)} does not exist.`);
}
