import { childIndex, childPrefix, childTail } from '../arns.ts';
import type { MapState } from '../language/definition.ts';
import { type Json, Payload } from '../language/payload.ts';
import { fillTemplate } from '../language/payload-template.ts';
import { dataLimitExceeded, StateError } from '../language/state-error.ts';
import { keys, keysUnder } from '../store/keys.ts';
import type { EndedCounts, ExecutionRecord, ExecutionStatus, HistoryEvent, MapRunRecord } from '../store/records.ts';
import { put, remove, type StoreOperation } from '../store/store.ts';
import type { ExecutionRun } from './execution-run.ts';
import type { MapItems } from './map-items.ts';
import { MapOutputs } from './map-outputs.ts';

/** What UpdateMapRun can change. */
export type MapRunSettings = Pick<
  MapRunRecord,
  'maxConcurrency' | 'toleratedFailureCount' | 'toleratedFailurePercentage'
>;

/** Children begun without letting others have their turn. */
const BURST = 200;

const COUNT_OF = { SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted' } as const;

/**
 * A Map run under way: one child execution for each item. A child writes itself down when it ends; nothing else is
 * written for it here, so that a run that is taken up again finds in the store which items are done.
 */
export class MapRun {
  #record: MapRunRecord;
  readonly #parent: ExecutionRun;
  readonly #state: MapState;
  readonly #input: Json;
  readonly #iterator: Iterator<Json>;
  readonly #children = new Map<number, ExecutionRun>();
  readonly #counts: Record<keyof EndedCounts, number> = { succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };
  readonly #outputs: MapOutputs;
  /** Items that the process before had begun; empty for a new run. */
  readonly #begun = new Set<number>();
  readonly #onRecovered: (() => void) | undefined;
  /** Children are started from now on: it is known which were begun before. */
  #ready = false;
  #nextIndex = 0;
  #exhausted = false;
  #nextStart = 0;
  #cancelPause: (() => void) | undefined;
  #settle: { resolve: (output: Payload) => void; reject: (error: StateError) => void } | undefined;
  #endOperations: StoreOperation[] = [];

  constructor(
    parent: ExecutionRun,
    state: MapState,
    record: MapRunRecord,
    items: MapItems,
    /** What ItemSelector's `$` is. */
    input: Json,
    /** Given if the run is taken up again: called when its children are known. */
    onRecovered: (() => void) | undefined,
  ) {
    this.#parent = parent;
    this.#state = state;
    this.#record = record;
    this.#input = input;
    this.#onRecovered = onRecovered;
    this.#iterator = items.items[Symbol.iterator]();
    this.#outputs = new MapOutputs(parent.services.limits.payloadBytes);
  }

  get record(): MapRunRecord {
    return this.#record;
  }

  /** Children by how they stand. */
  get counts(): EndedCounts & { readonly running: number; readonly pending: number } {
    const ended = Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    const running = this.#children.size;
    return { ...this.#counts, running, pending: this.#record.total - ended - running };
  }

  /** Runs the children. Resolves to the outputs of those that succeeded, in the order of their items. */
  outputs(): Promise<Payload> {
    return new Promise<Payload>((resolve, reject) => {
      this.#settle = { resolve, reject };
      const ready = this.#onRecovered === undefined ? Promise.resolve() : this.#recover().finally(this.#onRecovered);
      ready
        .then(() => {
          this.#ready = true;
          this.#proceed();
        })
        .catch(reject);
    });
  }

  /** What must be written once `outputs` has settled. */
  endOperations(): readonly StoreOperation[] {
    return this.#endOperations;
  }

  /** Changes what may be changed while it runs. Resolves when the change is durable. */
  async update(settings: Partial<MapRunSettings>): Promise<void> {
    this.#record = { ...this.#record, ...settings };
    await this.#parent.services.store.write([put(keys.mapRun(this.#record.tail), this.#record)]);
    if (this.#ready) this.#proceed();
  }

  /** Ends the run and its children at once, and answers what is to be written for it. */
  terminate(status: 'ABORTED' | 'FAILED'): StoreOperation[] {
    if (this.#record.status !== 'RUNNING') return this.#endOperations;
    const operations: StoreOperation[] = [];
    for (const child of this.#children.values()) operations.push(...child.terminate('ABORTED'));
    this.#counts.aborted += this.#children.size;
    this.#children.clear();
    return [...operations, ...this.#close(status)];
  }

  async #recover(): Promise<void> {
    const { store } = this.#parent.services;
    const range = keysUnder(keys.execution(childPrefix(this.#record.tail)));
    for await (const [, record] of store.read<ExecutionRecord>(range)) {
      if (this.#parent.over) return;
      const index = childIndex(record.tail);
      this.#begun.add(index);
      if (record.status === 'RUNNING') this.#launch(index, record, []);
      else this.#count(index, record.status, record.output);
    }
  }

  /** Looks whether the run has come to an end, and starts children while there is room. */
  #proceed(): void {
    if (this.#parent.over || this.#record.status !== 'RUNNING' || this.#cancelPause !== undefined) return;
    if (this.#intolerable()) {
      const reason = 'The specified tolerated failure threshold was exceeded';
      this.#fail(new StateError('States.ExceedToleratedFailureThreshold', reason));
      return;
    }
    try {
      for (let started = 0; this.#mayStart(); started++) {
        if (started === BURST) {
          this.#pause(0);
          return;
        }
        this.#startNext();
      }
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.#fail(error);
      return;
    }
    if (this.#exhausted && this.#children.size === 0) this.#succeed();
  }

  #mayStart(): boolean {
    const { limits, clock } = this.#parent.services;
    const most = this.#record.maxConcurrency === 0 ? limits.mapConcurrency : this.#record.maxConcurrency;
    if (this.#exhausted || this.#children.size >= Math.min(most, limits.mapConcurrency)) return false;
    const early = this.#nextStart - clock.now();
    if (early > 0) {
      this.#pause(early);
      return false;
    }
    this.#nextStart = clock.now() + 1000 / limits.childStartsPerSecond;
    return true;
  }

  #pause(ms: number): void {
    const again = (): void => {
      this.#cancelPause = undefined;
      this.#proceed();
    };
    if (ms > 0) {
      this.#cancelPause = this.#parent.services.clock.after(ms, again);
    } else {
      const immediate = setImmediate(again);
      this.#cancelPause = () => clearImmediate(immediate);
    }
  }

  #startNext(): void {
    for (;;) {
      const { done, value } = this.#iterator.next();
      if (done === true) {
        this.#exhausted = true;
        return;
      }
      const index = this.#nextIndex++;
      if (this.#begun.delete(index)) continue;
      this.#startChild(index, value);
      return;
    }
  }

  #startChild(index: number, item: Json): void {
    const { definition, roleArn } = this.#parent.record;
    const { clock } = this.#parent.services;
    const input = this.#parent.checkSize(this.#itemInput(index, item), this.#parent.position.state);
    const startDate = clock.now();
    const started: HistoryEvent = {
      id: 1,
      previousEventId: 0,
      timestamp: startDate / 1000,
      type: 'ExecutionStarted',
      executionStartedEventDetails: { input: input.text, inputDetails: { truncated: false }, roleArn },
    };
    const record: ExecutionRecord = {
      tail: childTail(this.#record.tail, index),
      definition,
      roleArn,
      input: input.text,
      startDate,
      mapRun: this.#record.tail,
      status: 'RUNNING',
      lastEvent: 1,
    };
    this.#launch(index, record, [started]);
  }

  #itemInput(index: number, item: Json): Payload {
    if (this.#state.ItemSelector === undefined) return Payload.of(item);
    const scope = this.#parent.scope(this.#input, { Item: { Index: index, Value: item } });
    return Payload.of(fillTemplate(this.#state.ItemSelector, scope));
  }

  #launch(index: number, record: ExecutionRecord, unsaved: readonly HistoryEvent[]): void {
    const onEnd = ({ record: { status, output } }: ExecutionRun): void => {
      if (!this.#children.delete(index) || status === 'RUNNING') return;
      this.#count(index, status, output);
      if (this.#ready) this.#proceed();
    };
    const processor = this.#state.ItemProcessor;
    this.#children.set(index, this.#parent.services.launch(record, processor, unsaved, onEnd));
  }

  #count(index: number, status: Exclude<ExecutionStatus, 'RUNNING'>, output: string | undefined): void {
    this.#counts[COUNT_OF[status]] += 1;
    if (output !== undefined) this.#outputs.add(index, output);
  }

  #intolerable(): boolean {
    const { toleratedFailureCount: count, toleratedFailurePercentage: percentage, total } = this.#record;
    const failed = this.#counts.failed + this.#counts.timedOut + this.#counts.aborted;
    if (count !== undefined && failed > count) return true;
    if (percentage !== undefined) return failed * 100 > percentage * total;
    return count === undefined && failed > 0;
  }

  #succeed(): void {
    const output = this.#outputs.payload();
    if (output === undefined) {
      this.#fail(dataLimitExceeded(this.#parent.position.state));
      return;
    }
    this.#endOperations = this.#close('SUCCEEDED');
    this.#settle?.resolve(output);
  }

  #fail(error: StateError): void {
    this.#endOperations = this.terminate('FAILED');
    this.#settle?.reject(error);
  }

  #close(status: MapRunRecord['status']): StoreOperation[] {
    this.#cancelPause?.();
    const { running: _none, pending, ...ended } = this.counts;
    this.#record = { ...this.#record, status, stopDate: this.#parent.services.clock.now(), pending, ended };
    return [put(keys.mapRun(this.#record.tail), this.#record), remove(keys.csv(this.#record.tail))];
  }
}
