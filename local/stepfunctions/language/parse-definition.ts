import type * as z from 'zod';
import { STATE_SCHEMAS, type State, WORKFLOW_SCHEMA, type Workflow } from './definition.ts';
import { isObject } from './payload.ts';

/** A definition that Step Functions, or the part of it that the local cloud knows, would not take. */
export class DefinitionError extends Error {}

/** Reads a definition, and refuses what the interpreter does not know. Throws a DefinitionError naming all of it. */
export function parseDefinition(text: string): Workflow {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DefinitionError(`INVALID_JSON_DESCRIPTION: ${(error as Error).message}`);
  }
  const reader = new DefinitionReader();
  const workflow = reader.workflow(json, '');
  if (reader.problems.length > 0) throw new DefinitionError(`SCHEMA_VALIDATION_FAILED: ${reader.problems.join(', ')}`);
  return workflow;
}

class DefinitionReader {
  readonly problems: string[] = [];
  readonly #labels = new Set<string>();

  workflow(json: unknown, at: string): Workflow {
    const nothing: Workflow = { StartAt: '', States: {} };
    const head = WORKFLOW_SCHEMA.safeParse(json);
    if (!head.success) {
      this.#report(head.error, at);
      return nothing;
    }
    const { StartAt, TimeoutSeconds } = head.data;
    const states: Record<string, State> = {};
    for (const [name, state] of Object.entries(head.data.States)) {
      const read = this.#state(state, name, `${at}/States/${name}`);
      if (read !== undefined) states[name] = read;
    }
    const names = new Set(Object.keys(head.data.States));
    if (!names.has(StartAt)) this.#problem(`StartAt is '${StartAt}', which is no state`, at);
    for (const [name, state] of Object.entries(states)) {
      for (const next of nextStates(state)) {
        if (!names.has(next))
          this.#problem(`MISSING_TRANSITION_TARGET: there is no state '${next}'`, `${at}/States/${name}`);
      }
    }
    return { StartAt, States: states, TimeoutSeconds };
  }

  #state(json: unknown, name: string, at: string): State | undefined {
    const type = isObject(json) ? json.Type : undefined;
    const schema = typeof type === 'string' && Object.hasOwn(STATE_SCHEMAS, type) ? STATE_SCHEMAS[type] : undefined;
    if (schema === undefined) {
      const known = Object.keys(STATE_SCHEMAS).join(', ');
      this.#problem(`Type ${JSON.stringify(type)} is not known to the local cloud, which has ${known}`, at);
      return undefined;
    }
    if (name.length > 80) this.#problem('the name of a state is at most 80 characters', at);
    const read = schema.safeParse(json);
    if (!read.success) {
      this.#report(read.error, at);
      return undefined;
    }
    const state = read.data as State;
    if ('Next' in state === 'End' in state && !['Choice', 'Succeed', 'Fail'].includes(state.Type)) {
      this.#problem('must have either Next or End', at);
    }
    if (state.Type === 'Choice' && state.Choices.some((rule) => typeof rule.Next !== 'string')) {
      this.#problem('each rule of Choices must have Next', at);
    }
    return state.Type === 'Map' ? this.#map(state, name, at) : state;
  }

  #map(state: Extract<State, { Type: 'Map' }>, name: string, at: string): State {
    const processor: unknown = state.ItemProcessor;
    if (!isObject(processor) || processor.ProcessorConfig === undefined) {
      this.#problem('a Map state of mode INLINE is not known to the local cloud, only one of mode DISTRIBUTED', at);
    }
    for (const field of ['MaxConcurrency', 'ToleratedFailureCount', 'ToleratedFailurePercentage'] as const) {
      if (state[field] !== undefined && state[`${field}Path`] !== undefined) {
        this.#problem(`${field} and ${field}Path exclude each other`, at);
      }
    }
    const label = state.Label ?? labelOf(name);
    if (this.#labels.has(label)) this.#problem(`Label '${label}' is another Map's too`, at);
    this.#labels.add(label);
    return { ...state, Label: label, ItemProcessor: this.workflow(processor, `${at}/ItemProcessor`) };
  }

  #report(error: z.ZodError, at: string): void {
    for (const issue of error.issues) {
      const place = [at, ...issue.path.map(String)].join('/');
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) this.#problem(`Field '${key}' is not known to the local cloud`, place);
      } else {
        this.#problem(issue.message, place);
      }
    }
  }

  #problem(message: string, at: string): void {
    this.problems.push(`${message} at ${at === '' ? '/' : at}`);
  }
}

function nextStates(state: State): string[] {
  const next: (string | undefined)[] = [];
  if ('Next' in state) next.push(state.Next);
  if ('Catch' in state) next.push(...(state.Catch ?? []).map((catcher) => catcher.Next));
  if (state.Type === 'Choice') next.push(state.Default, ...state.Choices.map((rule) => rule.Next));
  return next.filter((name) => name !== undefined);
}

/** AWS makes up a label where there is none; this one can be told from its state. */
function labelOf(name: string): string {
  return name.replace(/[^\w-]/g, '').slice(0, 40) || 'Map';
}
