import type { MapState, TaskState } from '../language/definition.ts';
import { Payload } from '../language/payload.ts';
import { chooseRetry, matchesError } from '../language/retry-policy.ts';
import { StateError } from '../language/state-error.ts';
import { combineResult } from './data-flow.ts';
import type { ExecutionRun } from './execution-run.ts';
import type { Outcome } from './interpreter.ts';

/** Attempts a state as often as its Retry says; an error that is left goes to its Catch, or is thrown. */
export async function handleFailures(
  run: ExecutionRun,
  state: TaskState | MapState,
  attempt: () => Promise<Payload>,
): Promise<Outcome> {
  for (;;) {
    // Set here, or by the process before, which died while it waited.
    if (run.position.until !== undefined) {
      await run.sleepUntil(run.position.until);
      run.position = { ...run.position, until: undefined };
    }
    try {
      return { output: await attempt(), next: state.Next };
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      if (!planRetry(run, state, error)) return caught(run, state, error);
    }
  }
}

function planRetry(run: ExecutionRun, state: TaskState | MapState, { error }: StateError): boolean {
  const { clock, random } = run.services;
  const made = [...(run.position.retries ?? [])];
  const retry = chooseRetry(state.Retry ?? [], error, made, random);
  if (retry === undefined) return false;
  for (let index = made.length; index < retry.index; index++) made.push(0);
  made[retry.index] = (made[retry.index] ?? 0) + 1;
  run.position = { ...run.position, retries: made, until: clock.now() + retry.delayMs };
  run.touch();
  return true;
}

function caught(run: ExecutionRun, state: TaskState | MapState, failure: StateError): Outcome {
  const catcher = state.Catch?.find(({ ErrorEquals }) => matchesError(ErrorEquals, failure.error));
  if (catcher === undefined) throw failure;
  const result = Payload.of({
    Error: failure.error,
    ...(failure.reason === undefined ? {} : { Cause: failure.reason }),
  });
  return { output: combineResult(run.position.input, catcher.ResultPath, result), next: catcher.Next };
}
