import type { Call } from '../protocol/call.ts';
import {
  ID_RULE,
  inventoryContent,
  inventoryElement,
  isInventoryId,
  readInventory,
} from '../protocol/inventory-document.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { invalidArgument, notImplemented, S3Error } from '../s3-error.ts';
import { withInventory, withoutInventory } from '../storage/inventory-book.ts';
import type { BucketInventory, InventoryConfiguration } from '../storage/records.ts';

/** Source: PutBucketInventoryConfiguration, Amazon S3 API Reference (TooManyConfigurations). */
const MOST_CONFIGURATIONS = 1_000;

/** Source: ListBucketInventoryConfigurations, Amazon S3 API Reference. */
const PAGE = 100;

/** One path for two operations: with an id it is GetBucketInventoryConfiguration. */
export async function getOrListBucketInventories(call: Call): Promise<void> {
  if (call.query.has('id')) sendXml(call, document('InventoryConfiguration', inventoryContent(find(call))));
  else listBucketInventories(call);
}

function listBucketInventories(call: Call): void {
  const { inventories = [] } = call.context.buckets.get(call.bucket);
  const token = call.query.get('continuation-token');
  const after = token === undefined ? '' : idOf(token);
  const left = inventories.filter(({ id }) => id > after);
  const page = left.slice(0, PAGE);
  const truncated = left.length > page.length;
  const next = truncated ? tokenOf(page.at(-1)?.id ?? '') : undefined;
  sendXml(
    call,
    document(
      'ListInventoryConfigurationsResult',
      page.map((one) => inventoryElement(one)).join('') +
        element('IsTruncated', truncated) +
        element('ContinuationToken', token) +
        element('NextContinuationToken', next),
    ),
  );
}

/** The first report is due at the next midnight (Daily) or Sunday's (Weekly), UTC, that begins after it was asked for. */
export async function putBucketInventory(call: Call): Promise<void> {
  const { buckets, inventoryFields, identity } = call.context;
  buckets.get(call.bucket);
  const text = await receiveDocument(call);
  if (inventoryFields === undefined) throw notImplemented('inventories where nobody writes their reports');
  const asked = readInventory(text, inventoryFields);
  const id = idIn(call);
  if (asked.id !== id) {
    throw invalidArgument('id', id, `The id of the request and that of the configuration (${asked.id}) differ`);
  }
  const { account } = asked.destination;
  if (account !== undefined && account !== identity.account) {
    throw notImplemented(`inventories for buckets of another account than ${identity.account}`);
  }
  const record = buckets.get(call.bucket);
  const { inventories = [] } = record;
  const before = inventories.find((one) => one.id === id);
  if (before === undefined && inventories.length >= MOST_CONFIGURATIONS) throw new S3Error('TooManyConfigurations');
  await buckets.save(withInventory(record, { ...asked, since: sinceOf(asked, before, call.context.clock()) }));
  sendEmpty(call, 200);
}

export async function deleteBucketInventory(call: Call): Promise<void> {
  const { id } = find(call);
  const { buckets } = call.context;
  await buckets.save(withoutInventory(buckets.get(call.bucket), id));
  sendEmpty(call, 204);
}

/** A report that is due already is still owed when the configuration is put anew, unless it was not wanted so far. */
function sinceOf(asked: InventoryConfiguration, before: BucketInventory | undefined, now: number): number {
  return before?.enabled === true && before.frequency === asked.frequency ? before.since : now;
}

function find(call: Call): BucketInventory {
  const { inventories = [] } = call.context.buckets.get(call.bucket);
  const id = idIn(call);
  const found = inventories.find((one) => one.id === id);
  if (found === undefined) throw new S3Error('NoSuchConfiguration');
  return found;
}

function idIn({ query }: Call): string {
  const id = query.get('id') ?? '';
  if (!isInventoryId(id)) throw invalidArgument('id', id, ID_RULE);
  return id;
}

function tokenOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function idOf(token: string): string {
  const id = Buffer.from(token, 'base64url').toString();
  if (!isInventoryId(id) || tokenOf(id) !== token) {
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
  }
  return id;
}
