import { JobTrouble } from '../job/job-trouble.ts';
import type { EngineDependencies } from './dependencies.ts';
import { noteTrouble } from './job-changes.ts';
import { type TurnInput, type TurnOutput, wait } from './turn.ts';

/** Seconds between two turns while something keeps a job from going on. */
const TROUBLE_WAIT_SECONDS = 15;

/**
 * Takes a turn. What goes wrong in it is shown on the job as its trouble, and the turn is taken again in a while: an
 * execution that failed instead would say nothing, and be followed by one that fails the same way.
 */
export async function guardTurn(
  deps: EngineDependencies,
  input: TurnInput,
  turn: () => Promise<TurnOutput>,
): Promise<TurnOutput> {
  try {
    return await turn();
  } catch (error) {
    deps.log('a turn failed', { jobId: input.jobId, epoch: input.epoch, turn: input.turn, error: String(error) });
    const FailureCode = error instanceof JobTrouble ? error.code : 'InternalError';
    const FailureReason = error instanceof Error ? error.message : String(error);
    await noteTrouble(deps, input.jobId, input.epoch, { FailureCode, FailureReason });
    return wait(input, TROUBLE_WAIT_SECONDS);
  }
}
