import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InventoryEntry } from '../s3/storage/inventory-book.ts';
import { readBody } from '../server/read-body.ts';
import type { InventoryDesk, InventoryNews } from './inventory-desk.ts';

/** Far more than a bucket's name and an id take. */
const MOST_BYTES = 64 * 1024;

/** A progress line at most so often (ms). */
const PROGRESS = 1_000;

/** An empty line so often (ms), whatever else is told. */
const HEARTBEAT = 30_000;

/**
 * `POST /_drover/inventories` with `{"Bucket"?, "Id"?}`: writes a report of each enabled configuration that fits, now.
 * Answers 200 and, as it goes, one JSON document (or nothing) a line: `{"Bucket", "Id"}` with `Rows` (so far), with the
 * report, or with `Error`. 400, 404 and 409 (none of those asked for is enabled) have a `message`. Rejects when the
 * client hangs up before all is asked.
 */
export async function answerInventoryPage(
  desk: InventoryDesk | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await readBody(request, MOST_BYTES))?.toString('utf8');
  const chosen = desk === undefined ? NO_DESK : choose(desk, body);
  if (desk === undefined || 'message' in chosen) {
    const { status, message } = 'message' in chosen ? chosen : NO_DESK;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  // A client that hears nothing for minutes takes the connection for broken.
  const beat = setInterval(() => response.write('\n'), HEARTBEAT);
  let told = Date.now();
  await desk.run(chosen.entries, (news) => {
    if ('rows' in news && Date.now() - told < PROGRESS) return;
    told = Date.now();
    response.write(`${JSON.stringify(lineOf(news))}\n`);
  });
  clearInterval(beat);
  response.end();
}

interface PageRefusal {
  readonly status: number;
  readonly message: string;
}

const NO_DESK: PageRefusal = { status: 503, message: 'The local cloud writes no inventory reports, or is starting.' };

function choose(
  desk: InventoryDesk,
  body: string | undefined,
): { readonly entries: readonly InventoryEntry[] } | PageRefusal {
  const asked = readQuestion(body);
  if (asked === undefined) {
    return {
      status: 400,
      message: 'The body must be a JSON object of "Bucket" and "Id", both of them strings or left out.',
    };
  }
  const found = desk.find(asked);
  const what = `${asked.id === undefined ? '' : ` "${asked.id}"`}${asked.bucket === undefined ? '' : ` of the bucket ${asked.bucket}`}`;
  if (found.length === 0) {
    return {
      status: 404,
      message: `There is no inventory configuration${what}. PutBucketInventoryConfiguration makes one.`,
    };
  }
  const entries = found.filter(({ inventory }) => inventory.enabled);
  return entries.length > 0 ? { entries } : { status: 409, message: `No inventory configuration${what} is enabled.` };
}

function readQuestion(body = ''): { readonly bucket?: string; readonly id?: string } | undefined {
  try {
    const { Bucket: bucket, Id: id, ...others }: Record<string, unknown> = JSON.parse(body === '' ? '{}' : body);
    if (Object.keys(others).length > 0) return undefined;
    if ((bucket !== undefined && typeof bucket !== 'string') || (id !== undefined && typeof id !== 'string'))
      return undefined;
    return { ...(bucket !== undefined && { bucket }), ...(id !== undefined && { id }) };
  } catch {
    return undefined;
  }
}

function lineOf(news: InventoryNews): object {
  const { bucket, inventory } = news.entry;
  const named = { Bucket: bucket, Id: inventory.id };
  if ('rows' in news) return { ...named, Rows: news.rows };
  if ('failure' in news) return { ...named, Error: news.failure };
  const { manifestKey, written } = news.report;
  const destination = inventory.destination.bucketArn.split(':').at(-1);
  return {
    ...named,
    Manifest: `s3://${destination}/${manifestKey}`,
    Format: inventory.destination.format,
    IncludedObjectVersions: inventory.versions,
    ...(written && {
      ETag: written.manifestETag,
      Lines: written.rows,
      Files: written.files,
      Bytes: written.bytes,
    }),
  };
}
