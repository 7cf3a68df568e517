// The keys of the store. Names hold none of ':', '/' and '~' (as AWS has it), so these never meet.

const EVENT_DIGITS = 8;
const LATEST = 9_999_999_999_999;

/** The first and the last key of all that begin with the text. */
export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

export function keysUnder(prefix: string): KeyRange {
  return { gte: prefix, lt: `${prefix}\uffff` };
}

export const keys = {
  machine: (name: string) => `machine:${name}`,
  machines: () => keysUnder('machine:'),
  definition: (hash: string) => `definition:${hash}`,
  execution: (tail: string) => `execution:${tail}`,
  /** Executions of a state machine that run. */
  running: (tail: string) => `running:${tail}`,
  allRunning: () => keysUnder('running:'),
  /** Executions of a state machine, newest first. */
  listed: (machine: string, startDate: number, tail: string) => `listed:${machine}:${LATEST - startDate}:${tail}`,
  allListed: (machine: string) => keysUnder(`listed:${machine}:`),
  /** A run of events, by the number of its first. */
  events: (tail: string, first: number) => `events:${tail}:${String(first).padStart(EVENT_DIGITS, '0')}`,
  allEvents: (tail: string) => keysUnder(`events:${tail}:`),
  mapRun: (tail: string) => `maprun:${tail}`,
  /** Map runs of an execution, oldest first. */
  mapRunOf: (execution: string, startDate: number, tail: string) => `maprunof:${execution}:${startDate}:${tail}`,
  mapRunsOf: (execution: string) => keysUnder(`maprunof:${execution}:`),
  /** The text of the CSV that a Map run reads, as it was when the run began. */
  csv: (mapRun: string) => `csv:${mapRun}`,
};
