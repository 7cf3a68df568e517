import { arnOf, machineOf, nameOf } from '../arns.ts';
import type { Workflow } from '../language/definition.ts';
import { type Json, Payload } from '../language/payload.ts';
import type { Scope } from '../language/payload-template.ts';
import { dataLimitExceeded, StateError } from '../language/state-error.ts';
import { keys } from '../store/keys.ts';
import type { Cursor, ExecutionRecord, ExecutionStatus, HistoryEvent } from '../store/records.ts';
import { put, remove, type StoreOperation } from '../store/store.ts';
import type { MapRun } from './map-run.ts';
import type { Services } from './services.ts';
import { executionStatusChange } from './status-change.ts';

/** Thrown at whoever awaits something for an execution that has been ended from outside, or is left for later. */
export class RunOver extends Error {}

/** Where a running execution stands, with the input at hand. */
export type Position = Omit<Cursor, 'input'> & { readonly input: Payload };

/**
 * An execution while it runs. Events are kept here until the next `save`, which writes them and the position in one
 * batch. What can be derived again need not be written, so `wait` saves only after something came from outside: a
 * child of one task is one batch, at its end.
 */
export class ExecutionRun {
  readonly services: Services;
  readonly workflow: Workflow;
  position: Position;
  /** The Map run that the execution waits for. */
  mapRun: MapRun | undefined;
  #record: ExecutionRecord;
  #unsaved: HistoryEvent[];
  #lastEvent: number;
  #changed = false;
  #over = false;
  #operations: StoreOperation[] = [];
  #onSaved: (() => void)[] = [];
  #cancelWait: ((error: RunOver) => void) | undefined;
  #cancelTimeout: () => void = () => undefined;
  #recovering: Promise<void> | undefined;
  readonly #onEnd: (run: ExecutionRun) => void;

  constructor(
    services: Services,
    record: ExecutionRecord,
    workflow: Workflow,
    unsaved: readonly HistoryEvent[],
    onEnd: (run: ExecutionRun) => void,
  ) {
    const { cursor } = record;
    this.services = services;
    this.workflow = workflow;
    this.#record = record;
    this.#unsaved = [...unsaved];
    this.#lastEvent = record.lastEvent;
    this.#onEnd = onEnd;
    this.position =
      cursor === undefined
        ? { state: workflow.StartAt, input: Payload.parse(record.input) }
        : { ...cursor, input: Payload.parse(cursor.input) };
    this.#watchTimeout(workflow.TimeoutSeconds);
  }

  /** As it would be read from the store if everything were written. */
  get record(): ExecutionRecord {
    return { ...this.#record, lastEvent: this.#lastEvent };
  }

  /** The events that are not in the store, oldest first. */
  get unsavedEvents(): readonly HistoryEvent[] {
    return this.#unsaved;
  }

  /** Whether it has ended, or been left for later. */
  get over(): boolean {
    return this.#over;
  }

  /** Adds an event and answers its number. The last one that fits says that the history is full. */
  addEvent(type: string, details: Readonly<Record<string, unknown>> = {}): number {
    const { historyEvents } = this.services.limits;
    if (this.#lastEvent + 1 >= historyEvents && !type.startsWith('Execution')) {
      const reason = `The execution reached the maximum number of history events (${historyEvents}).`;
      throw new StateError('States.Runtime', reason);
    }
    this.#lastEvent += 1;
    // AWS gives the first state's event no predecessor.
    const previousEventId = this.#lastEvent === 2 ? 0 : this.#lastEvent - 1;
    const timestamp = this.services.clock.now() / 1000;
    this.#unsaved.push({ id: this.#lastEvent, previousEventId, timestamp, type, ...details });
    return this.#lastEvent;
  }

  /** Something happened that cannot be derived again: it is saved before anything else is begun. */
  touch(operations: readonly StoreOperation[] = [], onSaved?: () => void): void {
    this.#changed = true;
    this.#operations.push(...operations);
    if (onSaved !== undefined) this.#onSaved.push(onSaved);
  }

  /** Writes events, position and what `touch` was given. Throws RunOver if the execution has been ended. */
  async save(): Promise<void> {
    const written = this.services.store.write(this.#takeOperations());
    const onSaved = this.#onSaved;
    this.#onSaved = [];
    await written;
    for (const callback of onSaved) callback();
    if (this.#over) throw new RunOver();
  }

  /** Begins something outside, once all before it is saved, and awaits it. Throws RunOver if the execution is ended. */
  async wait<T>(begin: () => Promise<T>): Promise<T> {
    if (this.#over) throw new RunOver();
    if (this.#changed) await this.save();
    return await new Promise<T>((resolve, reject) => {
      this.#cancelWait = reject;
      begin().then(resolve, reject);
    });
  }

  /**
   * A Map run is taken up again; `stop` waits until the answer is called, when the run knows its children, for only
   * then can it be ended as a whole.
   */
  recovering(): () => void {
    let recovered: () => void = () => undefined;
    this.#recovering = new Promise((resolve) => {
      recovered = resolve;
    });
    return recovered;
  }

  /** Waits until a time, in epoch milliseconds. */
  async sleepUntil(time: number): Promise<void> {
    const { clock } = this.services;
    let cancel: () => void = () => undefined;
    try {
      await this.wait(() => {
        return new Promise<void>((resolve) => {
          cancel = clock.after(Math.max(0, time - clock.now()), resolve);
        });
      });
    } finally {
      cancel();
    }
  }

  /** Throws `States.DataLimitExceeded` if the payload is larger than the quota. */
  checkSize(payload: Payload, who: string): Payload {
    if (payload.bytes > this.services.limits.payloadBytes) throw dataLimitExceeded(who);
    return payload;
  }

  /** Paths are looked up in `input` and in the context object. */
  scope(input: Json, map?: Json): Scope {
    return { input, context: () => ({ ...this.#context(), ...(map === undefined ? {} : { Map: map }) }) };
  }

  async succeed(output: Payload): Promise<void> {
    const details = { output: output.text, outputDetails: { truncated: false } };
    this.addEvent('ExecutionSucceeded', { executionSucceededEventDetails: details });
    await this.#end({ status: 'SUCCEEDED', output: output.text });
  }

  async fail(error: string | undefined, cause: string | undefined): Promise<void> {
    this.addEvent('ExecutionFailed', { executionFailedEventDetails: { error, cause } });
    await this.#end({ status: 'FAILED', error, cause });
  }

  /** Ends the execution and what it started from outside (StopExecution, a time limit), in one batch. */
  async stop(status: 'ABORTED' | 'TIMED_OUT', error?: string, cause?: string): Promise<void> {
    await this.#recovering;
    if (this.#over) return;
    await this.services.store.write(this.terminate(status, error, cause));
    this.#announceEnd();
  }

  /** Ends the execution at once and answers what is to be written for it. Its end is announced to nobody. */
  terminate(status: 'ABORTED' | 'TIMED_OUT', error?: string, cause?: string): StoreOperation[] {
    if (this.#over) return [];
    const type = status === 'ABORTED' ? 'Aborted' : 'TimedOut';
    const nested = this.mapRun?.terminate('ABORTED') ?? [];
    const room = this.#lastEvent + 2 < this.services.limits.historyEvents;
    if (this.mapRun !== undefined && room) this.addEvent('MapRunAborted');
    this.addEvent(`Execution${type}`, { [`execution${type}EventDetails`]: { error, cause } });
    this.#close({ status, error, cause });
    return [...nested, ...this.#takeOperations()];
  }

  /** Leaves the execution as it is in the store. */
  abandon(): void {
    this.#over = true;
    this.#cancelTimeout();
    this.#cancelWait?.(new RunOver());
  }

  async #end(end: Partial<ExecutionRecord> & { readonly status: ExecutionStatus }): Promise<void> {
    if (this.#over) throw new RunOver();
    this.#close(end);
    await this.services.store.write(this.#takeOperations());
    for (const callback of this.#onSaved) callback();
    this.#announceEnd();
  }

  #close(end: Partial<ExecutionRecord>): void {
    this.#record = { ...this.#record, ...end, stopDate: this.services.clock.now(), cursor: undefined };
    if (this.#record.mapRun === undefined) this.#operations.push(remove(keys.running(this.#record.tail)));
    this.abandon();
  }

  #announceEnd(): void {
    this.#onEnd(this);
    if (this.#record.mapRun === undefined) {
      this.services.publish(executionStatusChange(this.services.identity, this.#record));
    }
  }

  #takeOperations(): StoreOperation[] {
    const { tail, status } = this.#record;
    const { input, ...position } = this.position;
    const cursor = status === 'RUNNING' ? { ...position, input: input.text } : undefined;
    this.#record = { ...this.#record, lastEvent: this.#lastEvent, cursor };
    const operations = [...this.#operations, put(keys.execution(tail), this.#record)];
    const [first] = this.#unsaved;
    if (first !== undefined) operations.push(put(keys.events(tail, first.id), this.#unsaved));
    this.#unsaved = [];
    this.#operations = [];
    this.#changed = false;
    return operations;
  }

  #watchTimeout(seconds: number | undefined): void {
    if (seconds === undefined) return;
    const { clock } = this.services;
    const left = Math.max(0, this.#record.startDate + seconds * 1000 - clock.now());
    this.#cancelTimeout = clock.after(left, () => {
      this.stop('TIMED_OUT').catch((error: unknown) => console.error(`${this.#record.tail}: ${String(error)}`));
    });
  }

  #context(): { readonly [key: string]: Json } {
    const { tail, roleArn, input, startDate } = this.#record;
    const { identity } = this.services;
    const machine = machineOf(tail);
    return {
      Execution: {
        Id: arnOf(identity, 'execution', tail),
        Input: JSON.parse(input) as Json,
        Name: nameOf(tail),
        RoleArn: roleArn,
        StartTime: new Date(startDate).toISOString(),
        RedriveCount: 0,
      },
      State: {
        Name: this.position.state,
        EnteredTime: new Date(this.position.enteredAt ?? startDate).toISOString(),
        RetryCount: (this.position.retries ?? []).reduce((sum, made) => sum + (made ?? 0), 0),
      },
      StateMachine: { Id: arnOf(identity, 'stateMachine', machine), Name: machine },
    };
  }
}
