import { type Json, Payload } from '../language/payload.ts';
import { fillTemplate, valueAt } from '../language/payload-template.ts';
import { parsePath, writeSteps } from '../language/reference-path.ts';
import type { ExecutionRun } from './execution-run.ts';

interface InputFields {
  readonly InputPath?: string | null | undefined;
  readonly Parameters?: Json | undefined;
}

/** What a state works on: its input after InputPath and Parameters. */
export function effectiveInput(run: ExecutionRun, state: InputFields): Payload {
  const chosen = choose('InputPath', state.InputPath, run.position.input, run);
  if (state.Parameters === undefined) return chosen;
  const filled = Payload.of(fillTemplate(state.Parameters, run.scope(chosen.value)));
  return run.checkSize(filled, run.position.state);
}

/** The state's input with the result at ResultPath: the result alone if there is no path, the input alone if null. */
export function combineResult(input: Payload, resultPath: string | null | undefined, result: Payload): Payload {
  if (resultPath === null) return input;
  const steps = parsePath(resultPath ?? '$')?.steps ?? [];
  return steps.length === 0 ? result : Payload.of(writeSteps(input.value, steps, result.value));
}

/** What OutputPath leaves of a state's output. */
export function filterOutput(
  state: { readonly OutputPath?: string | null | undefined },
  output: Payload,
  run: ExecutionRun,
): Payload {
  return choose('OutputPath', state.OutputPath, output, run);
}

function choose(field: string, path: string | null | undefined, from: Payload, run: ExecutionRun): Payload {
  if (path === undefined || path === '$') return from;
  return Payload.of(path === null ? {} : valueAt(field, path, run.scope(from.value)));
}
