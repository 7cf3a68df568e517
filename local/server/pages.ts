import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultInjector } from '../faults/fault-injector.ts';
import { parseFaultRules } from '../faults/fault-rules.ts';
import type { InventoryDesk } from '../inventory/inventory-desk.ts';
import { answerInventoryPage } from '../inventory/inventory-page.ts';
import { readBody } from './read-body.ts';

/** Far more than rules take. */
const MOST_BYTES = 1024 * 1024;

interface Page {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Answers the local cloud's own pages, `/_drover/…`: `health` (200 when it is ready), and `faults` (GET: the rules, each
 * with how often it happened; PUT: other rules), `inventories` (POST: writes reports now).
 */
export async function answerPage(
  page: string,
  door: { readonly ready: boolean; readonly faults: FaultInjector; readonly inventories?: InventoryDesk | undefined },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (page === 'inventories' && request.method === 'POST') {
    await answerInventoryPage(door.inventories, request, response).catch(() => response.destroy());
    return;
  }
  // A client that hangs up gets no answer.
  const found = await pageOf(page, door, request).catch(() => undefined);
  if (found === undefined) return;
  response.writeHead(found.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found.body));
}

async function pageOf(
  page: string,
  { ready, faults }: { readonly ready: boolean; readonly faults: FaultInjector },
  request: IncomingMessage,
): Promise<Page> {
  if (page === 'faults' && request.method === 'PUT') return await changeFaults(faults, request);
  request.resume();
  if (page === 'faults') return { status: 200, body: { rules: faults.counts() } };
  if (page === 'health') return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'starting' } };
  return { status: 404, body: { message: `There is no page /_drover/${page}.` } };
}

async function changeFaults(faults: FaultInjector, request: IncomingMessage): Promise<Page> {
  const body = await readBody(request, MOST_BYTES);
  try {
    faults.set(parseFaultRules(body?.toString('utf8') ?? '', 'The body'));
    return { status: 200, body: { rules: faults.counts() } };
  } catch (error) {
    return { status: 400, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}
