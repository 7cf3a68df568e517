import type { EngineDependencies } from './dependencies.ts';

/** Children of one Map that prepares or reports, at most: enough to do that in minutes. */
const MOST = 20;

/** Assumed until the account was measured (see scheduling/capacity.ts). */
const NEW_ACCOUNT_WORKERS = 6;

/** How many children such a Map has at once: beside the workers of jobs, and leaving the control plane its room. */
export async function mapWorkers(deps: EngineDependencies): Promise<number> {
  return mapWorkersOf((await deps.jobs.getCapacity()) ?? NEW_ACCOUNT_WORKERS);
}

/** The same, for workers of all jobs together. */
export function mapWorkersOf(capacity: number): number {
  return Math.max(1, Math.min(MOST, Math.floor(capacity / 2)));
}
