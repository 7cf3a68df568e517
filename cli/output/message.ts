/**
 * One line of output. Both forms are of one thing, so that `--json` never drifts from what people read.
 * Several lines of text may stand for one JSON document (`jobs describe`).
 */
export interface Message {
  /** Undefined: printed with `--json` only. */
  readonly text: string | undefined;
  /** One JSON document, printed on one line. Undefined: for people only (a table's header, a hint). */
  readonly json: unknown;
}

/** A line for people only: a heading, a hint. */
export function hint(text: string): Message {
  return { text, json: undefined };
}
