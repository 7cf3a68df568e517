import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  type EventsSeen,
  type Firing,
  isOpen,
  type Lane,
  type Trigger,
  type WatchProblem,
} from '../triggers/records.ts';
import { took } from './conditional-write.ts';
import { documentClient } from './document-client.ts';
import type { TriggerStore } from './trigger-store.ts';

/** The index of the Jobs table, by its keys alone; firings have a partition of it for each trigger. */
const LIST_INDEX = 'ListJobs';

/** An entry among the open firings that has no firing after so long never gets one. */
const STRAY_MILLISECONDS = 10 * 60_000;

type Key = { readonly pk: string; readonly sk: string };
type Item = Record<string, unknown>;

const TRIGGERS = 'TRIGGERS';
const triggerKey = (name: string): Key => ({ pk: TRIGGERS, sk: name });
const partOf = (trigger: string, sk: string): Key => ({ pk: `TRIGGER#${trigger}`, sk });
const firingKey = (trigger: string, id: string): Key => partOf(trigger, `FIRING#${id}`);
const openKey = ({ trigger, at, id }: Firing): Key => partOf(trigger, `OPEN#${at}#${id}`);

/**
 * Triggers in the Jobs table: all definitions in one partition, and one for each trigger with its firings, the list of
 * those that are open, the lane, and what the last listing saw.
 */
export function createDynamoTriggerStore({
  client,
  table,
}: {
  readonly client: DynamoDBClient;
  readonly table: string;
}): TriggerStore {
  return new DynamoTriggerStore(documentClient(client), table);
}

class DynamoTriggerStore implements TriggerStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  async list(): Promise<readonly Trigger[]> {
    return (await this.query(TRIGGERS)).map((item) => item['trigger'] as Trigger);
  }

  async get(name: string): Promise<Trigger | undefined> {
    return (await this.getItem(triggerKey(name)))?.['trigger'] as Trigger | undefined;
  }

  async put(next: Trigger): Promise<boolean> {
    const wrote = await this.putNext({ ...triggerKey(next.name), trigger: next, version: next.version });
    return wrote || isDeepStrictEqual(await this.get(next.name), next);
  }

  async remove({ name }: Trigger): Promise<void> {
    for (const sk of ['LANE', 'PROBLEM', 'LISTED', 'EVENTS']) await this.delete(partOf(name, sk));
    await this.delete(triggerKey(name));
  }

  /** Where there was one, the new entry among the open ones is a stray, and goes when those are read. */
  async beginFiring(firing: Firing): Promise<Firing> {
    await this.putItem(openKey(firing));
    const written = await this.putNext(itemOf(firing));
    if (written) return firing;
    const kept = await this.getFiring(firing.trigger, firing.id);
    if (kept === undefined) throw new Error(`firing ${firing.id} of ${firing.trigger} is there and cannot be read`);
    return kept;
  }

  async getFiring(trigger: string, id: string): Promise<Firing | undefined> {
    return (await this.getItem(firingKey(trigger, id)))?.['firing'] as Firing | undefined;
  }

  async updateFiring(next: Firing): Promise<boolean> {
    const wrote = await this.putNext(itemOf(next));
    const isKept = wrote || isDeepStrictEqual(await this.getFiring(next.trigger, next.id), next);
    if (isKept && !isOpen(next)) await this.delete(openKey(next));
    return isKept;
  }

  async openFirings(trigger: string, limit: number): Promise<readonly Firing[]> {
    const open: Firing[] = [];
    for (const { sk } of await this.query(`TRIGGER#${trigger}`, 'OPEN#')) {
      const [, at = '', id = ''] = String(sk).split('#');
      const firing = await this.getFiring(trigger, id);
      if (firing !== undefined && firing.at === at && isOpen(firing)) open.push(firing);
      else if (firing !== undefined || Date.now() - Date.parse(at) > STRAY_MILLISECONDS) {
        await this.delete(partOf(trigger, String(sk)));
      }
      if (open.length === limit) break;
    }
    return open;
  }

  async recentFirings(trigger: string, limit: number): Promise<readonly Firing[]> {
    return await this.listed(trigger, { limit, newestFirst: true });
  }

  async firingsBefore(trigger: string, before: string, limit: number): Promise<readonly Firing[]> {
    return await this.listed(trigger, { limit, newestFirst: false, before });
  }

  async anyFirings(trigger: string, limit: number): Promise<readonly Firing[]> {
    return (await this.query(`TRIGGER#${trigger}`, 'FIRING#', limit)).map((item) => item['firing'] as Firing);
  }

  async deleteFiring(firing: Firing): Promise<void> {
    await this.delete(openKey(firing));
    await this.delete(firingKey(firing.trigger, firing.id));
  }

  async getLane(trigger: string): Promise<Lane | undefined> {
    return (await this.getItem(partOf(trigger, 'LANE')))?.['lane'] as Lane | undefined;
  }

  async putLane(trigger: string, next: Lane): Promise<boolean> {
    const wrote = await this.putNext({ ...partOf(trigger, 'LANE'), lane: next, version: next.version });
    return wrote || isDeepStrictEqual(await this.getLane(trigger), next);
  }

  async getListed(trigger: string): Promise<string | undefined> {
    return (await this.getItem(partOf(trigger, 'LISTED')))?.['upTo'] as string | undefined;
  }

  async putListed(trigger: string, upTo: string): Promise<void> {
    await this.putItem({ ...partOf(trigger, 'LISTED'), upTo });
  }

  async getEvents(trigger: string): Promise<EventsSeen | undefined> {
    return (await this.getItem(partOf(trigger, 'EVENTS')))?.['seen'] as EventsSeen | undefined;
  }

  async putEvents(trigger: string, seen: EventsSeen): Promise<void> {
    await this.putItem({ ...partOf(trigger, 'EVENTS'), seen });
  }

  async getProblem(trigger: string): Promise<WatchProblem | undefined> {
    return (await this.getItem(partOf(trigger, 'PROBLEM')))?.['problem'] as WatchProblem | undefined;
  }

  async putProblem(trigger: string, problem: WatchProblem | undefined): Promise<void> {
    if (problem === undefined) await this.delete(partOf(trigger, 'PROBLEM'));
    else await this.putItem({ ...partOf(trigger, 'PROBLEM'), problem });
  }

  private async listed(
    trigger: string,
    { limit, newestFirst, before }: { readonly limit: number; readonly newestFirst: boolean; readonly before?: string },
  ): Promise<Firing[]> {
    const { Items: keys = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: LIST_INDEX,
        KeyConditionExpression: before === undefined ? 'listPk = :pk' : 'listPk = :pk AND listSk < :before',
        ExpressionAttributeValues: {
          ':pk': listPartition(trigger),
          ...(before === undefined ? {} : { ':before': before }),
        },
        ScanIndexForward: !newestFirst,
        Limit: limit,
      }),
    );
    const found = await Promise.all(keys.map(({ pk, sk }) => this.getItem({ pk: String(pk), sk: String(sk) })));
    return found.flatMap((item) => (item?.['firing'] as Firing | undefined) ?? []);
  }

  private async getItem(key: Key): Promise<Item | undefined> {
    const answer = await this.client.send(new GetCommand({ TableName: this.table, Key: key, ConsistentRead: true }));
    return answer.Item;
  }

  private async putItem(item: Item): Promise<void> {
    await this.client.send(new PutCommand({ TableName: this.table, Item: item }));
  }

  /** Puts an item on condition that the one before it has the version before. */
  private async putNext(item: Item & { readonly version: number }): Promise<boolean> {
    const condition =
      item.version === 1
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :before',
            ExpressionAttributeValues: { ':before': item.version - 1 },
          };
    return await took(this.client.send(new PutCommand({ TableName: this.table, Item: item, ...condition })));
  }

  private async delete(key: Key): Promise<void> {
    await this.client.send(new DeleteCommand({ TableName: this.table, Key: key }));
  }

  private async query(partition: string, beginning?: string, limit?: number): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: beginning === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :beginning)',
          ExpressionAttributeValues: {
            ':pk': partition,
            ...(beginning === undefined ? {} : { ':beginning': beginning }),
          },
          ConsistentRead: true,
          ...(limit === undefined ? {} : { Limit: limit }),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []));
      start = limit === undefined ? page.LastEvaluatedKey : undefined;
    } while (start !== undefined);
    return items;
  }
}

function listPartition(trigger: string): string {
  return `FIRINGS#${trigger}`;
}

function itemOf(firing: Firing): Item & { readonly version: number } {
  const { trigger, id, at, version } = firing;
  return { ...firingKey(trigger, id), listPk: listPartition(trigger), listSk: `${at}#${id}`, firing, version };
}
