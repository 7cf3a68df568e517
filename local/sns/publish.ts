import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QueryRefusal } from '../server/query-protocol.ts';
import type { FunctionInvoker } from '../service.ts';
import type { Subscription, TopicBook } from './topic-book.ts';

/** Bytes of a message (SNS API reference, Publish). */
const MOST_BYTES = 262_144;

/** Characters of a subject (SNS API reference, Publish). */
const SUBJECT_LENGTH = 100;

/** A message, as it is written into the topic's log. */
export interface LoggedMessage {
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject: string | null;
  readonly Message: string;
  /** ISO 8601. */
  readonly Timestamp: string;
}

/** What Publish works with. */
export interface PublishParts {
  readonly book: TopicBook;
  readonly lambda: Pick<FunctionInvoker, 'invokeAsync'>;
  /** Each topic has a file there, `topic-<name>.log`: its messages, a line each. */
  readonly logFolder: string;
}

/** Error of SNS for a member that is not right. */
export function invalidParameter(reason: string): QueryRefusal {
  return new QueryRefusal('InvalidParameter', 400, `Invalid parameter: ${reason}`);
}

/**
 * Writes the message into the topic's log and hands it to the functions that have subscribed. Answers once both are
 * durable; a function that refuses is told on stderr and left out.
 *
 * @throws QueryRefusal
 */
export async function publish(parts: PublishParts, form: URLSearchParams): Promise<{ MessageId: string }> {
  const message = messageOf(parts.book, form);
  await mkdir(parts.logFolder, { recursive: true });
  const name = message.TopicArn.split(':').at(-1);
  await appendFile(join(parts.logFolder, `topic-${name}.log`), `${JSON.stringify(message)}\n`);
  await Promise.all(parts.book.subscriptionsOf(message.TopicArn).map((each) => deliver(parts, message, each)));
  return { MessageId: message.MessageId };
}

function messageOf(book: TopicBook, form: URLSearchParams): LoggedMessage {
  for (const name of form.keys()) {
    if (!['Action', 'Version', 'TopicArn', 'Subject', 'Message'].includes(name)) {
      throw invalidParameter(`${name} (the local SNS knows TopicArn, Subject and Message)`);
    }
  }
  const TopicArn = form.get('TopicArn') ?? '';
  requireTopic(book, TopicArn);
  const Subject = form.get('Subject');
  if (Subject !== null && (Subject === '' || Subject.length > SUBJECT_LENGTH)) throw invalidParameter('Subject');
  const Message = form.get('Message') ?? '';
  if (Message === '') throw invalidParameter('Empty message');
  if (Buffer.byteLength(Message) > MOST_BYTES) throw invalidParameter('Message too long');
  return { MessageId: crypto.randomUUID(), TopicArn, Subject, Message, Timestamp: new Date().toISOString() };
}

/** @throws QueryRefusal for what is no topic's ARN, or names none that there is. */
export function requireTopic(book: TopicBook, arn: string): void {
  if (!/^arn:aws:sns:[^:]+:\d{12}:[^:]+$/.test(arn)) throw invalidParameter('TopicArn');
  if (!book.has(arn)) throw new QueryRefusal('NotFound', 404, 'Topic does not exist');
}

/** The form that Lambda has such events in: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
async function deliver({ lambda }: PublishParts, message: LoggedMessage, to: Subscription): Promise<void> {
  const record = {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: to.arn,
    Sns: { Type: 'Notification', ...message, MessageAttributes: {} },
  };
  try {
    await lambda.invokeAsync(to.functionArn, JSON.stringify({ Records: [record] }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The topic ${message.TopicArn} could not send a message to ${to.functionArn}: ${reason}`);
  }
}
