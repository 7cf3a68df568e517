import type { CloudIdentity } from '../service.ts';

export type ArnKind = 'stateMachine' | 'execution' | 'mapRun';

/** An ARN of Step Functions. `tail` is what follows `<kind>:`. */
export function arnOf(identity: CloudIdentity, kind: ArnKind, tail: string): string {
  return `arn:aws:states:${identity.region}:${identity.account}:${kind}:${tail}`;
}

/** The state machine (of a child: `<machine>/<label>`) that an execution, or a Map run, is of. */
export function machineOf(tail: string): string {
  return tail.slice(0, tail.lastIndexOf(':'));
}

/** The name of an execution. */
export function nameOf(tail: string): string {
  return tail.slice(tail.lastIndexOf(':') + 1);
}

const INDEX_DIGITS = 12;

/**
 * The children of a Map run are named by its uuid with the last group counting from 1, so that a child keeps its name
 * when the process died before anything of it was written, and children are found in the order of their items.
 */
export function childTail(mapRun: string, index: number): string {
  return mapRun.slice(0, -INDEX_DIGITS) + (index + 1).toString(16).padStart(INDEX_DIGITS, '0');
}

/** The position of the item that a child is for. */
export function childIndex(tail: string): number {
  return Number.parseInt(tail.slice(-INDEX_DIGITS), 16) - 1;
}

/** What the tails of a Map run's children, and its own, begin with. */
export function childPrefix(mapRun: string): string {
  return mapRun.slice(0, -INDEX_DIGITS);
}

/** A tail for a new Map run. */
export function newMapRunTail(execution: string, label: string, uuid: string): string {
  return `${machineOf(execution)}/${label}:${uuid.slice(0, -INDEX_DIGITS)}${'0'.repeat(INDEX_DIGITS)}`;
}
