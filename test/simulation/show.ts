import type { Caught, Tally } from './engine.ts';
import type { MutantRun } from './mutation.ts';

/** A violation, and the command that has it again. */
export function showFailure({ seed, check, of, says, at, what }: Caught, more = ''): string {
  return [
    `seed ${seed}, after ${(at / 1_000).toFixed(3)} s: ${check} (${of}: ${says})`,
    `  ${what}`,
    `  npm run simulate -- ${more}--seed ${seed} --trace`,
  ].join('\n');
}

export function showTally({ seeds, seconds, tasks, hours, statuses, caught }: Tally): string {
  const ended = Object.entries(statuses).map(([status, jobs]) => `${jobs} ${status}`);
  const verdict = caught.length === 0 ? 'all checks hold' : `${caught.length} failed`;
  return [
    `${seeds} seeds: ${verdict}. Jobs: ${ended.join(', ')}; ${tasks} tasks carried out in ${Math.round(hours)} virtual hours,`,
    `${seconds.toFixed(1)} s (${((1_000 * seconds) / Math.max(1, seeds)).toFixed(1)} ms a seed).`,
  ].join(' ');
}

export const MUTANT_HEADER = `${'mutant'.padEnd(28)}${'seeds'.padStart(6)}  caught by`;

export function showMutant({ mutant, seeds, caught }: MutantRun): string {
  const by = caught === undefined ? 'NOBODY' : `${caught.check} (${caught.of}: ${caught.says})`;
  return `${mutant.name.padEnd(28)}${String(seeds).padStart(6)}  ${by}`;
}
