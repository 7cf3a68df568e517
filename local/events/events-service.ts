import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CloudIdentity, EventSink, FunctionInvoker, LocalService } from '../service.ts';
import { EventsApi, ruleArn } from './events-api.ts';
import { EventsRefusal, validationFailure } from './refusal.ts';
import { mergeTargets, parseRule } from './rule.ts';
import { RuleBook } from './rule-book.ts';
import { RuleClock } from './rule-clock.ts';
import { envelop, RuleDelivery } from './rule-delivery.ts';

/** A rule as CloudFormation has it: the pattern is an object, and the targets are part of it. */
export interface RuleProperties {
  readonly Description?: string | undefined;
  readonly EventPattern?: unknown;
  readonly ScheduleExpression?: string | undefined;
  readonly State?: string | undefined;
  readonly Targets?: readonly unknown[] | undefined;
}

/** EventBridge on one machine: the rules of the default bus, with Lambda functions as their targets. */
export interface EventsService extends LocalService, EventSink {
  /** Fires schedules from now on; to be called once the cloud's port answers. */
  start(): void;
  /**
   * Adds or replaces a rule of the template, targets and all. It is not kept over a restart: the template brings it
   * again; only when it fired last is remembered.
   *
   * @returns The rule's ARN.
   * @throws EventsRefusal when it has what the local cloud does not know.
   */
  putRule(name: string, properties: RuleProperties): Promise<string>;
}

/** Opens the data folder, with the rules that an earlier run was given over the API. */
export async function createEventsService(options: {
  /** A folder of its own. */
  readonly dataFolder: string;
  readonly identity: CloudIdentity;
  readonly lambda: Pick<FunctionInvoker, 'invokeAsync'>;
}): Promise<EventsService> {
  const { dataFolder, identity } = options;
  const book = await RuleBook.open(dataFolder);
  const delivery = new RuleDelivery(options.lambda);
  const clock = await RuleClock.open(
    dataFolder,
    () => book.list(),
    (rule, time) => {
      const resources = [ruleArn(rule.Name, identity)];
      const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', resources, detail: {} };
      return delivery.deliver(envelop(event, identity, time), [rule]);
    },
  );
  const api = new EventsApi({ book, clock, delivery, identity });

  return {
    handle: (request, response) => handle(api, request, response),
    start: () => clock.start(),
    stop: () => clock.stop(),
    async put(event) {
      const delivered = envelop(event, identity);
      await delivery.deliver(delivered, book.matching(delivered));
    },
    async putRule(name, { EventPattern, Targets, ...properties }) {
      const pattern = EventPattern === undefined ? {} : { EventPattern: JSON.stringify(EventPattern) };
      const rule = parseRule({ ...properties, ...pattern, Name: name });
      const targets = Targets === undefined || Targets.length === 0 ? [] : mergeTargets([], Targets);
      await book.putUnkept({ ...rule, Targets: targets });
      clock.changed();
      return ruleArn(name, identity);
    },
  };
}

async function handle(api: EventsApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = crypto.randomUUID();
  try {
    const [, operation = ''] = /^AWSEvents\.(\w+)$/.exec(String(request.headers['x-amz-target'])) ?? [];
    const result = await api.call(operation, await readInput(request));
    send(response, 200, requestId, result);
  } catch (error) {
    const { name, message, status } =
      error instanceof EventsRefusal
        ? error
        : new EventsRefusal('InternalException', `The local EventBridge has failed: ${String(error)}`, 500);
    send(response, status, requestId, { __type: name, message });
  }
}

async function readInput(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body = await text(request);
  try {
    const input: unknown = JSON.parse(body === '' ? '{}' : body);
    if (typeof input === 'object' && input !== null) return { ...input };
  } catch {
    // Told below, with the other things that are no object.
  }
  throw validationFailure('The body of the request is not a JSON object');
}

function send(response: ServerResponse, status: number, requestId: string, document: object): void {
  const body = JSON.stringify(document);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
