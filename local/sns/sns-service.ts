import { answerQuery, QueryRefusal, type QueryService } from '../server/query-protocol.ts';
import type { CloudIdentity, FunctionInvoker, LocalService } from '../service.ts';
import { invalidParameter, type PublishParts, publish, requireTopic } from './publish.ts';
import { TopicBook } from './topic-book.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** SNS on one machine: topics with Lambda functions as their subscribers, and a log of what was published. */
export interface SnsService extends LocalService {
  /**
   * Makes a topic of the template, which brings it again at the next start.
   *
   * @returns Its ARN.
   * @throws QueryRefusal for a name that is none.
   */
  putTopic(name: string): Promise<string>;
  /** Subscribes for the template. Answers the subscription's ARN. @throws QueryRefusal for another protocol than lambda. */
  putSubscription(topicArn: string, protocol: string, endpoint: string): Promise<string>;
}

type Action = (form: URLSearchParams) => Promise<object | undefined>;

/** Opens the data folder, with the topics that an earlier run was given over the API. */
export async function createSnsService(options: {
  /** A folder of its own. */
  readonly dataFolder: string;
  /** Where each topic has a log of its messages. */
  readonly logFolder: string;
  readonly identity: CloudIdentity;
  readonly lambda: Pick<FunctionInvoker, 'invokeAsync'>;
}): Promise<SnsService> {
  const { identity, lambda, logFolder } = options;
  const book = await TopicBook.open(options.dataFolder);
  const actions = actionsOf({ book, lambda, logFolder }, identity);
  const sns: QueryService = {
    name: 'SNS',
    namespace: NAMESPACE,
    async answer(action, form) {
      const run = actions[action];
      if (run !== undefined) return await run(form);
      const known = Object.keys(actions).join(', ');
      throw new QueryRefusal('InvalidAction', 400, `The local SNS knows ${known}, not '${action}'`);
    },
  };
  return {
    handle: (request, response) => answerQuery(sns, request, response),
    async putTopic(name) {
      const arn = topicArnOf(name, identity);
      await book.putTopic(arn, 'template');
      return arn;
    },
    async putSubscription(topicArn, protocol, endpoint) {
      requireTopic(book, topicArn);
      return (await book.subscribe(topicArn, functionOf(protocol, endpoint), 'template')).arn;
    },
    async stop() {},
  };
}

function actionsOf(parts: PublishParts, identity: CloudIdentity): Readonly<Record<string, Action>> {
  const { book } = parts;
  return {
    async CreateTopic(form) {
      const TopicArn = topicArnOf(form.get('Name') ?? '', identity);
      await book.putTopic(TopicArn, 'api');
      return { TopicArn };
    },
    async DeleteTopic(form) {
      await book.removeTopic(form.get('TopicArn') ?? '');
      return undefined;
    },
    ListTopics: async () => ({ Topics: { member: book.list().map((TopicArn) => ({ TopicArn })) } }),
    async Subscribe(form) {
      const topicArn = form.get('TopicArn') ?? '';
      requireTopic(book, topicArn);
      const functionArn = functionOf(form.get('Protocol') ?? '', form.get('Endpoint') ?? '');
      return { SubscriptionArn: (await book.subscribe(topicArn, functionArn, 'api')).arn };
    },
    async Unsubscribe(form) {
      await book.unsubscribe(form.get('SubscriptionArn') ?? '');
      return undefined;
    },
    async ListSubscriptionsByTopic(form) {
      const topicArn = form.get('TopicArn') ?? '';
      requireTopic(book, topicArn);
      const member = book.subscriptionsOf(topicArn).map(({ arn, functionArn }) => ({
        SubscriptionArn: arn,
        Owner: identity.account,
        Protocol: 'lambda',
        Endpoint: functionArn,
        TopicArn: topicArn,
      }));
      return { Subscriptions: { member } };
    },
    Publish: (form) => publish(parts, form),
  };
}

function topicArnOf(name: string, { region, account }: CloudIdentity): string {
  if (name.endsWith('.fifo')) throw invalidParameter('Topic Name (the local SNS has no FIFO topics)');
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
  return `arn:aws:sns:${region}:${account}:${name}`;
}

function functionOf(protocol: string, endpoint: string): string {
  if (protocol !== 'lambda') throw invalidParameter(`Protocol (the local SNS knows lambda, not '${protocol}')`);
  if (!/^arn:aws:lambda:[^:]+:\d{12}:function:[^:]+/.test(endpoint)) throw invalidParameter('Lambda endpoint ARN');
  return endpoint;
}
