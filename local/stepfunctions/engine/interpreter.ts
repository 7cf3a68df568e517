import { choiceMatches, isTimestamp } from '../language/choice-rule.ts';
import type {
  ChoiceState,
  FailState,
  MapState,
  PassState,
  State,
  TaskState,
  WaitState,
} from '../language/definition.ts';
import { type Json, Payload } from '../language/payload.ts';
import { fillTemplate, valueAt } from '../language/payload-template.ts';
import { InputError, StateError } from '../language/state-error.ts';
import { combineResult, effectiveInput, filterOutput } from './data-flow.ts';
import { type ExecutionRun, RunOver } from './execution-run.ts';
import { handleFailures } from './failures.ts';
import { attemptMap } from './map-state.ts';
import { attemptTask } from './task-state.ts';

/** What a state did: its output, and the state that follows; undefined at the end. */
export interface Outcome {
  readonly output: Payload;
  readonly next: string | undefined;
}

/** Takes an execution from where it stands to its end. Resolves when it has ended, or been ended from outside. */
export async function interpret(run: ExecutionRun): Promise<void> {
  try {
    await walk(run).catch((error: unknown) => {
      if (error instanceof RunOver) throw error;
      // What is no StateError is a fault of the interpreter; the execution that met it must not hang.
      const failure = error instanceof StateError ? error : new StateError('States.Runtime', String(error));
      return run.fail(failure.error, failure.reason);
    });
  } catch (error) {
    if (!(error instanceof RunOver)) throw error;
  }
}

async function walk(run: ExecutionRun): Promise<void> {
  for (;;) {
    const name = run.position.state;
    const state = run.workflow.States[name];
    if (state === undefined) throw new StateError('States.Runtime', `There is no state '${name}'`);
    enter(run, state);
    if (state.Type === 'Fail') return await failAs(run, state);
    const { output, next } = await placeErrors(run, () => carryOut(run, state));
    run.checkSize(output, name);
    run.addEvent(`${state.Type}StateExited`, {
      stateExitedEventDetails: { name, output: output.text, outputDetails: { truncated: false } },
    });
    if (next === undefined) return await run.succeed(output);
    run.position = { state: next, input: output };
  }
}

function enter(run: ExecutionRun, state: State): void {
  const { position } = run;
  if (position.enteredEvent !== undefined) return;
  const enteredEvent = run.addEvent(`${state.Type}StateEntered`, {
    stateEnteredEventDetails: {
      name: position.state,
      input: position.input.text,
      inputDetails: { truncated: false },
    },
  });
  run.position = { ...position, enteredEvent, enteredAt: run.services.clock.now() };
}

/** Says in which state an input was not as the definition asks, as AWS does. */
async function placeErrors<T>(run: ExecutionRun, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { state, enteredEvent } = run.position;
    throw new StateError(
      'States.Runtime',
      `An error occurred while executing the state '${state}' (entered at the event id #${enteredEvent}). ${error.reason}`,
    );
  }
}

async function carryOut(run: ExecutionRun, state: Exclude<State, FailState>): Promise<Outcome> {
  switch (state.Type) {
    case 'Task':
    case 'Map':
      return await handleFailures(run, state, () => attempt(run, state));
    case 'Choice':
      return choose(run, state);
    case 'Wait':
      return await pause(run, state);
    case 'Pass':
      return pass(run, state);
    case 'Succeed':
      return { output: filterOutput(state, effectiveInput(run, state), run), next: undefined };
  }
}

async function attempt(run: ExecutionRun, state: TaskState | MapState): Promise<Payload> {
  const result = state.Type === 'Task' ? await attemptTask(run, state) : await attemptMap(run, state);
  const selected =
    state.ResultSelector === undefined
      ? result
      : Payload.of(fillTemplate(state.ResultSelector, run.scope(result.value)));
  const output = filterOutput(state, combineResult(run.position.input, state.ResultPath, selected), run);
  return run.checkSize(output, run.position.state);
}

function choose(run: ExecutionRun, state: ChoiceState): Outcome {
  const input = effectiveInput(run, state);
  const scope = run.scope(input.value);
  const next = state.Choices.find((rule) => choiceMatches(rule, scope))?.Next ?? state.Default;
  if (next === undefined) {
    throw new StateError('States.NoChoiceMatched', `No rule of '${run.position.state}' matched, and it has no Default`);
  }
  return { output: filterOutput(state, input, run), next };
}

async function pause(run: ExecutionRun, state: WaitState): Promise<Outcome> {
  const input = effectiveInput(run, state);
  if (run.position.until === undefined) {
    run.position = { ...run.position, until: waitEnd(run, state, input.value) };
    run.touch();
  }
  await run.sleepUntil(run.position.until ?? 0);
  run.touch();
  return { output: filterOutput(state, input, run), next: state.Next };
}

function waitEnd(run: ExecutionRun, state: WaitState, input: Json): number {
  const scope = run.scope(input);
  if (state.Timestamp !== undefined) return Date.parse(state.Timestamp);
  if (state.TimestampPath !== undefined) {
    const timestamp = valueAt('TimestampPath', state.TimestampPath, scope);
    if (!isTimestamp(timestamp)) {
      throw new InputError(`TimestampPath gives ${JSON.stringify(timestamp)}, which is no RFC 3339 timestamp`);
    }
    return Date.parse(timestamp);
  }
  const seconds = state.Seconds ?? valueAt('SecondsPath', state.SecondsPath ?? '$', scope);
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > 99_999_999) {
    throw new InputError(`SecondsPath gives ${JSON.stringify(seconds)}, which is no whole number from 0 to 99999999`);
  }
  return run.services.clock.now() + seconds * 1000;
}

function pass(run: ExecutionRun, state: PassState): Outcome {
  const input = effectiveInput(run, state);
  const result = state.Result === undefined ? input : Payload.of(state.Result);
  const combined = combineResult(run.position.input, state.ResultPath, result);
  return { output: filterOutput(state, combined, run), next: state.Next };
}

async function failAs(run: ExecutionRun, state: FailState): Promise<void> {
  const scope = run.scope(run.position.input.value);
  const text = (field: string, path: string | undefined) => {
    const value = path === undefined ? undefined : valueAt(field, path, scope);
    return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
  };
  await run.fail(state.Error ?? text('ErrorPath', state.ErrorPath), state.Cause ?? text('CausePath', state.CausePath));
}
