import { runTurn } from '../../core/engine/run-turn.ts';
import type { TurnOutput } from '../../core/engine/turn.ts';
import { requireOperation } from '../../core/operations/registry.ts';
import { engineDependencies } from '../runtime/engine.ts';
import { parseTurn } from '../runtime/turn-events.ts';

/** A turn of RunJob. */
export async function handler(event: unknown): Promise<TurnOutput> {
  return await runTurn({ ...engineDependencies(), operation: requireOperation }, parseTurn(event));
}
