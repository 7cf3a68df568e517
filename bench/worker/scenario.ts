/** What each task of a scenario does. Batched deletes are DeleteObjects of a thousand keys. */
export type TaskKind = 'tag' | 'copy' | 'delete' | 'delete-batched';

/** One row of the worker's bench. */
export interface Scenario {
  readonly kind: TaskKind;
  /** Requests in flight. */
  readonly concurrency: number;
  readonly tls: boolean;
}

/** What a contender is asked to do, and what it answers. */
export interface Round {
  readonly scenario: Scenario;
  /** Begins nothing after so many seconds. */
  readonly seconds: number;
  /** Keys that there are; without end, as with the stub, unless given. */
  readonly objects?: number;
}

export interface RoundResult {
  readonly tasks: number;
  /** Requests of these tasks, as far as the contender knows. */
  readonly requests: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Where the stub listens. */
export interface StubOrigins {
  readonly http: string;
  readonly https: string | undefined;
}

export const REGION = 'us-east-1';
/** Keys of the form and length that access keys of a role's session have, the token too. */
export const CREDENTIALS = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'x'.repeat(600),
} as const;

export const BUCKET = 'data';
export const TARGET_BUCKET = 'target';
export const TAGS = [{ Key: 'done', Value: 'yes' }] as const;
export const TARGET_PREFIX = 'copies';
export const BATCH = 1_000;

/** The key of the nth object. */
export function keyOf(n: number): string {
  return `photos/2026/folder-${n % 100}/object-${n}.jpg`;
}

export function nameOf({ kind, concurrency, tls }: Scenario): string {
  return `${kind}, ${concurrency} in flight${tls ? ', TLS' : ''}`;
}
