import type { Engine } from '../engine/engine.ts';
import { keys } from '../store/keys.ts';
import type { ExecutionRecord, HistoryEvent } from '../store/records.ts';
import { collectPage, pageRequest } from './pages.ts';
import { optionalBoolean, type Request } from './request-fields.ts';

/** GetExecutionHistory. */
export async function readHistory(engine: Engine, { tail }: ExecutionRecord, request: Request): Promise<object> {
  const reverse = optionalBoolean(request, 'reverseOrder') ?? false;
  const list = `events of ${tail}${reverse ? ' reversed' : ''}`;
  const page = pageRequest(request, list);
  const after = page.after === undefined ? undefined : Number(page.after);
  const { items, nextToken } = await collectPage(page, list, events(engine, tail, reverse, after));
  const withData = optionalBoolean(request, 'includeExecutionData') ?? true;
  return { events: withData ? items : items.map(withoutData), nextToken };
}

/** The events of the store and, of an execution that runs, those that are not there yet. */
async function* events(engine: Engine, tail: string, reverse: boolean, after: number | undefined) {
  const isNext = ({ id }: HistoryEvent) => after === undefined || (reverse ? id < after : id > after);
  const unsaved = [...(engine.running(tail)?.unsavedEvents ?? [])];
  const firstUnsaved = unsaved[0]?.id ?? Number.POSITIVE_INFINITY;
  const stored = async function* () {
    for await (const chunk of chunks(engine, tail, reverse, after)) {
      for (const event of reverse ? chunk.reverse() : chunk) if (event.id < firstUnsaved) yield event;
    }
  };
  if (reverse) for (const event of unsaved.reverse()) if (isNext(event)) yield [String(event.id), event] as const;
  for await (const event of stored()) if (isNext(event)) yield [String(event.id), event] as const;
  if (!reverse) for (const event of unsaved) if (isNext(event)) yield [String(event.id), event] as const;
}

async function* chunks(engine: Engine, tail: string, reverse: boolean, after: number | undefined) {
  const { store } = engine.services;
  let { gte, lt } = keys.allEvents(tail);
  if (after !== undefined && reverse) lt = keys.events(tail, after);
  if (after !== undefined && !reverse) {
    // The chunk that the next event is in begins at it or before.
    const before = store.read<HistoryEvent[]>({ gte, lte: keys.events(tail, after + 1), reverse: true, limit: 1 });
    for await (const [key] of before) gte = key;
  }
  for await (const [, chunk] of store.read<HistoryEvent[]>({ gte, lt, reverse })) yield chunk;
}

/** Leaves out what `includeExecutionData: false` asks to leave out. */
function withoutData(event: HistoryEvent): object {
  const keep = Object.entries(event).map(([name, details]) => {
    if (typeof details !== 'object' || details === null) return [name, details] as const;
    const { input: _input, output: _output, parameters: _parameters, ...rest } = details as Record<string, unknown>;
    return [name, rest] as const;
  });
  return Object.fromEntries(keep);
}
