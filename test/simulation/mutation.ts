import { buildSimulation } from './build.ts';
import { runWorlds } from './child.ts';
import type { Caught } from './engine.ts';
import type { Mutant } from './mutants.ts';

export interface MutantRun {
  readonly mutant: Mutant;
  /** Seeds run, the one that saw it included. */
  readonly seeds: number;
  /** Undefined where no seed saw it. */
  readonly caught: Caught | undefined;
}

/** Runs worlds of the broken engine, from the first seed on, until one of them fails a check. */
export async function runMutant(mutant: Mutant, first: number, seeds: number, seconds: number): Promise<MutantRun> {
  const file = await buildSimulation(mutant.name, mutant.patches);
  const tally = await runWorlds(file, { first, seeds, seconds, trace: false, untilCaught: true });
  return { mutant, seeds: tally.seeds, caught: tally.caught[0] };
}
