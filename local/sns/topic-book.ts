import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../atomic-file.ts';

/** A function that gets what is published to a topic. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly functionArn: string;
}

const kept = z.object({
  topics: z.array(z.string()),
  subscriptions: z.array(z.object({ arn: z.string(), topicArn: z.string(), functionArn: z.string() })),
});

/** All topics and their subscriptions. Those that came over the API are kept in a file; the template brings its own again. */
export class TopicBook {
  private readonly topics = new Set<string>();
  private readonly subscriptions = new Map<string, Subscription>();
  /** ARNs of what is kept. */
  private readonly kept = new Set<string>();
  private writing: Promise<void> = Promise.resolve();

  private constructor(private readonly file: string) {}

  /** Reads what an earlier run has kept. */
  static async open(folder: string): Promise<TopicBook> {
    await mkdir(folder, { recursive: true });
    const book = new TopicBook(join(folder, 'topics.json'));
    const text = await readFile(book.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{"topics": [], "subscriptions": []}';
      throw error;
    });
    const { topics, subscriptions } = kept.parse(JSON.parse(text));
    for (const arn of topics) book.topics.add(arn);
    for (const subscription of subscriptions) book.subscriptions.set(subscription.arn, subscription);
    for (const arn of [...topics, ...subscriptions.map((each) => each.arn)]) book.kept.add(arn);
    return book;
  }

  has(topicArn: string): boolean {
    return this.topics.has(topicArn);
  }

  /** ARNs, sorted. */
  list(): string[] {
    return [...this.topics].sort();
  }

  subscriptionsOf(topicArn: string): Subscription[] {
    return [...this.subscriptions.values()].filter((each) => each.topicArn === topicArn);
  }

  /** Adds a topic; nothing happens where it is there. */
  async putTopic(arn: string, from: 'api' | 'template'): Promise<void> {
    if (this.topics.has(arn)) return;
    this.topics.add(arn);
    await this.keep(arn, from);
  }

  /** The subscription of the function to the topic, which is always the same one. */
  async subscribe(topicArn: string, functionArn: string, from: 'api' | 'template'): Promise<Subscription> {
    const hash = createHash('sha256').update(functionArn).digest('hex');
    const arn = `${topicArn}:${hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')}`;
    const subscription = { arn, topicArn, functionArn };
    if (!this.subscriptions.has(arn)) {
      this.subscriptions.set(arn, subscription);
      await this.keep(arn, from);
    }
    return subscription;
  }

  async unsubscribe(arn: string): Promise<void> {
    this.subscriptions.delete(arn);
    if (this.kept.delete(arn)) await this.write();
  }

  /** Takes away the topic with its subscriptions. */
  async removeTopic(topicArn: string): Promise<void> {
    for (const { arn } of this.subscriptionsOf(topicArn)) await this.unsubscribe(arn);
    this.topics.delete(topicArn);
    if (this.kept.delete(topicArn)) await this.write();
  }

  private async keep(arn: string, from: 'api' | 'template'): Promise<void> {
    if (from === 'template') return;
    this.kept.add(arn);
    await this.write();
  }

  /** One write after the other, each of what there is by then. */
  private write(): Promise<void> {
    const write = (): Promise<void> => {
      const topics = this.list().filter((arn) => this.kept.has(arn));
      const subscriptions = [...this.subscriptions.values()].filter(({ arn }) => this.kept.has(arn));
      return writeFileAtomically(this.file, JSON.stringify({ topics, subscriptions }, undefined, 2));
    };
    this.writing = this.writing.then(write, write);
    return this.writing;
  }
}
