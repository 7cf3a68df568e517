import type { EngineDependencies } from './dependencies.ts';
import { clearTrouble, NO_PROGRESS, noteTrouble } from './job-changes.ts';
import { mapWorkers } from './map-workers.ts';
import { map, type TurnInput, type TurnOutput, wait } from './turn.ts';
import { itemsKey } from './work-keys.ts';

/** How long to wait after a Map that did nothing, in seconds. */
const STANDSTILL_SECONDS = 15;

/**
 * Has the items of PrepareJob that are missing done by a Map; waits, with a trouble shown, where the Map before did none
 * of them.
 *
 * @param csv header line and items.
 * @param standing which items these are, told from others in a few ASCII characters.
 */
export async function mapItems(
  deps: EngineDependencies,
  input: TurnInput,
  csv: string,
  standing: string,
): Promise<TurnOutput> {
  const before =
    input.turn === 0 ? undefined : await deps.work.head(itemsKey(input.jobId, 'prepare', input.epoch, input.turn - 1));
  if (before?.metadata['missing'] === standing) {
    const state = await deps.jobs.getState(input.jobId);
    if (state?.trouble === undefined) await noteTrouble(deps, input.jobId, input.epoch, NO_PROGRESS);
    return wait(input, STANDSTILL_SECONDS);
  }
  if (before !== undefined) await clearTrouble(deps, input.jobId);
  const items = itemsKey(input.jobId, 'prepare', input.epoch, input.turn);
  await deps.work.put(items, csv, { missing: standing });
  const concurrency = await mapWorkers(deps);
  return map(input, { items, concurrency, deadline: deps.clock.now() + 15 * 60_000 });
}
