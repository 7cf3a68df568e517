import { randomUUID } from 'node:crypto';
import { arnOf, newMapRunTail } from '../arns.ts';
import type { MapState } from '../language/definition.ts';
import type { Payload } from '../language/payload.ts';
import { type Scope, valueAt } from '../language/payload-template.ts';
import { InputError, StateError } from '../language/state-error.ts';
import { keys } from '../store/keys.ts';
import type { MapRunRecord } from '../store/records.ts';
import { put } from '../store/store.ts';
import { effectiveInput } from './data-flow.ts';
import { type ExecutionRun, RunOver } from './execution-run.ts';
import { type MapItems, readItems } from './map-items.ts';
import { MapRun } from './map-run.ts';

/** Goes through the items of a Map state once, in a Map run: a new one, or the one that the position names. */
export async function attemptMap(run: ExecutionRun, state: MapState): Promise<Payload> {
  const input = effectiveInput(run, state);
  const scope = run.scope(input.value);
  const mapRun =
    run.position.mapRun === undefined
      ? await beginMapRun(run, state, scope)
      : await openMapRun(run, state, scope, run.position.mapRun);
  const { mapRuns } = run.services;
  const { tail } = mapRun.record;
  mapRuns.set(tail, mapRun);
  run.mapRun = mapRun;
  try {
    const output = await run.wait(() => mapRun.outputs());
    leave(run, () => mapRuns.delete(tail));
    run.addEvent('MapRunSucceeded');
    run.addEvent('MapStateSucceeded');
    return output;
  } catch (error) {
    if (error instanceof RunOver) mapRuns.delete(tail);
    if (!(error instanceof StateError)) throw error;
    leave(run, () => mapRuns.delete(tail));
    tellFailure(run, error);
    throw error;
  }
}

/** The run's end is written together with where the execution goes from here. */
function leave(run: ExecutionRun, onSaved: () => void): void {
  run.touch(run.mapRun?.endOperations() ?? [], onSaved);
  run.mapRun = undefined;
  run.position = { ...run.position, mapRun: undefined };
}

function tellFailure(run: ExecutionRun, { error, reason }: StateError): void {
  run.addEvent('MapRunFailed', { mapRunFailedEventDetails: { error, cause: reason } });
  run.addEvent('MapStateFailed');
}

async function beginMapRun(run: ExecutionRun, state: MapState, scope: Scope): Promise<MapRun> {
  const settings = settingsOf(state, scope);
  const tail = newMapRunTail(run.record.tail, state.Label ?? '', randomUUID());
  const base = { tail, execution: run.record.tail, startDate: run.services.clock.now(), ...settings };
  const read = await run.wait(() =>
    readItems(run.services, state, scope, undefined).catch((error: unknown) => {
      if (error instanceof StateError && !(error instanceof InputError)) return error;
      throw error;
    }),
  );
  const { total, csv } = read instanceof StateError ? { total: 0, csv: undefined } : read;
  if (run.position.retries === undefined) {
    // AWS says 0 where the items come from a reader.
    const length = state.ItemReader === undefined ? total : 0;
    run.addEvent('MapStateStarted', { mapStateStartedEventDetails: { length } });
  }
  const mapRunArn = arnOf(run.services.identity, 'mapRun', tail);
  run.addEvent('MapRunStarted', { mapRunStartedEventDetails: { mapRunArn } });
  const record: MapRunRecord = { ...base, status: 'RUNNING', total };
  run.touch([put(keys.mapRunOf(record.execution, record.startDate, tail), tail)]);
  if (read instanceof StateError) {
    const ended = { succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };
    run.touch([
      put(keys.mapRun(tail), { ...record, status: 'FAILED', stopDate: run.services.clock.now(), pending: 0, ended }),
    ]);
    tellFailure(run, read);
    throw read;
  }
  run.position = { ...run.position, mapRun: tail };
  run.touch([put(keys.mapRun(tail), record), ...(csv === undefined ? [] : [put(keys.csv(tail), csv)])]);
  return new MapRun(run, state, record, read, scope.input, undefined);
}

async function openMapRun(run: ExecutionRun, state: MapState, scope: Scope, tail: string): Promise<MapRun> {
  const { services } = run;
  const recovered = run.recovering();
  const { record, items } = await run
    .wait(async () => {
      const record = await services.store.get<MapRunRecord>(keys.mapRun(tail));
      const csv = await services.store.get<string>(keys.csv(tail));
      if (record === undefined) throw new StateError('States.Runtime', `The record of the Map run ${tail} is gone`);
      const items: MapItems = await readItems(services, state, scope, csv);
      return { record, items };
    })
    .catch((error: unknown) => {
      recovered();
      throw error;
    });
  return new MapRun(run, state, record, items, scope.input, recovered);
}

function settingsOf(state: MapState, scope: Scope) {
  const number = (field: 'MaxConcurrency' | 'ToleratedFailureCount' | 'ToleratedFailurePercentage', most: number) => {
    const path = state[`${field}Path`];
    if (path === undefined) return state[field];
    const value = valueAt(`${field}Path`, path, scope);
    if (typeof value === 'number' && value >= 0 && value <= most) return value;
    throw new InputError(`${field}Path gives ${JSON.stringify(value)}, which is no number from 0 to ${most}`);
  };
  return {
    maxConcurrency: number('MaxConcurrency', Number.MAX_SAFE_INTEGER) ?? 0,
    toleratedFailureCount: number('ToleratedFailureCount', Number.MAX_SAFE_INTEGER),
    toleratedFailurePercentage: number('ToleratedFailurePercentage', 100),
  };
}
