/**
 * The protocol between the state machines and the engine. All three machines (prepare, run, report) have one form:
 *
 *     Turn → what next? ── map ──→ Distributed Map over the CSV at `items` ──→ Turn
 *                       ── wait ─→ Wait `seconds` ─────────────────────────→ Turn
 *                       ── done ─→ end
 *
 * Each turn looks at the truth (tables, work bucket) and decides anew, so that a turn may be repeated and a machine
 * that died is simply followed by another.
 */

/** What a machine hands to its turn function; on an execution's first turn only `jobId`, `epoch` and `turn: 0`. */
export interface TurnInput {
  readonly jobId: string;
  readonly epoch: number;
  /** Turns done before this one. */
  readonly turn: number;
}

/** What a turn function answers; it is the machine's state until the next turn. All members are always present. */
export interface TurnOutput extends TurnInput {
  readonly action: 'map' | 'wait' | 'done';
  /** Key in the work bucket of the Map's CSV, with a header line; empty unless `map`. */
  readonly items: string;
  /** Children of the Map at once, at least 1. */
  readonly concurrency: number;
  /** Seconds of `wait`, at least 1. */
  readonly seconds: number;
  /** Epoch milliseconds: children of this Map should have given up their place by then. */
  readonly deadline: number;
}

/** What one child of a Map hands to the item function. */
export interface ItemInput {
  readonly jobId: string;
  readonly epoch: number;
  readonly deadline: number;
  /** A row of the CSV: column → text. */
  readonly item: Readonly<Record<string, string>>;
}

/** The machine's work is done, or not its own any more. */
export function done({ jobId, epoch, turn }: TurnInput): TurnOutput {
  return { jobId, epoch, turn: turn + 1, action: 'done', items: '', concurrency: 1, seconds: 1, deadline: 0 };
}

/** Look again in so many seconds. */
export function wait({ jobId, epoch, turn }: TurnInput, seconds: number): TurnOutput {
  return { jobId, epoch, turn: turn + 1, action: 'wait', items: '', concurrency: 1, seconds, deadline: 0 };
}

/** Run the item function over the CSV at `items`, then look again. */
export function map(
  { jobId, epoch, turn }: TurnInput,
  over: Pick<TurnOutput, 'items' | 'concurrency' | 'deadline'>,
): TurnOutput {
  return { jobId, epoch, turn: turn + 1, action: 'map', seconds: 1, ...over };
}
