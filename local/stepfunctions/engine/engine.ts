import { createHash } from 'node:crypto';
import type { Workflow } from '../language/definition.ts';
import { parseDefinition } from '../language/parse-definition.ts';
import { keys } from '../store/keys.ts';
import type { ExecutionRecord, HistoryEvent, MachineRecord } from '../store/records.ts';
import { put, type StoreOperation } from '../store/store.ts';
import { ExecutionRun } from './execution-run.ts';
import { interpret } from './interpreter.ts';
import type { MapRun } from './map-run.ts';
import type { Services } from './services.ts';
import { executionStatusChange } from './status-change.ts';

/** The executions that run. What has ended is in the store only. */
export class Engine {
  readonly services: Services;
  readonly #runs = new Map<string, ExecutionRun>();
  readonly #workflows = new Map<string, Workflow>();
  #closed = false;

  constructor(services: Omit<Services, 'launch' | 'mapRuns'>) {
    this.services = {
      ...services,
      mapRuns: new Map<string, MapRun>(),
      launch: (record, workflow, unsaved, onEnd) => this.#launch(record, workflow, unsaved, onEnd),
    };
  }

  /** Undefined if there is no such execution under way. */
  running(tail: string): ExecutionRun | undefined {
    return this.#runs.get(tail);
  }

  /** Undefined if there is no such Map run under way. */
  runningMap(tail: string): MapRun | undefined {
    return this.services.mapRuns.get(tail);
  }

  /** Starts an execution that does not exist yet. Resolves once it is durable. */
  async start(machine: MachineRecord, name: string, input: string): Promise<ExecutionRecord> {
    const { store, clock, identity } = this.services;
    const definition = definitionHash(machine.definition);
    const startDate = clock.now();
    const { roleArn } = machine;
    const started: HistoryEvent = {
      id: 1,
      previousEventId: 0,
      timestamp: startDate / 1000,
      type: 'ExecutionStarted',
      executionStartedEventDetails: { input, inputDetails: { truncated: false }, roleArn },
    };
    const tail = `${machine.name}:${name}`;
    const record: ExecutionRecord = { tail, definition, roleArn, input, startDate, status: 'RUNNING', lastEvent: 1 };
    const workflow = await this.#workflow(definition);
    await store.write([
      put(keys.execution(tail), record),
      put(keys.events(tail, 1), [started]),
      put(keys.running(tail), null),
      put(keys.listed(machine.name, startDate, tail), tail),
    ]);
    this.services.publish(executionStatusChange(identity, record));
    if (!this.#runs.has(tail)) this.#launch(record, workflow, []);
    return record;
  }

  /** Takes up what was running when the process before ended. Reads nothing else. */
  async resume(): Promise<void> {
    const tails: string[] = [];
    for await (const [key] of this.services.store.read(keys.allRunning()))
      tails.push(key.slice(keys.running('').length));
    for (const tail of tails) {
      // One that cannot be taken up must not keep the others from it.
      await this.takeUp(tail).catch((error: unknown) => this.#report(tail, error));
    }
  }

  /** An execution of a state machine that is to run, taken up if it was not yet. Undefined if there is none. */
  async takeUp(tail: string): Promise<ExecutionRun | undefined> {
    const record = await this.services.store.get<ExecutionRecord>(keys.execution(tail));
    if (record?.status !== 'RUNNING' || record.mapRun !== undefined) return this.#runs.get(tail);
    const workflow = await this.#workflow(record.definition);
    if (this.#closed) return undefined;
    return this.#runs.get(tail) ?? this.#launch(record, workflow, []);
  }

  /** Leaves everything as it is in the store. */
  close(): void {
    this.#closed = true;
    for (const run of this.#runs.values()) run.abandon();
  }

  async #workflow(hash: string): Promise<Workflow> {
    let workflow = this.#workflows.get(hash);
    if (workflow === undefined) {
      const definition = await this.services.store.get<string>(keys.definition(hash));
      if (definition === undefined) throw new Error(`The definition ${hash} is missing in the store`);
      workflow = parseDefinition(definition);
      this.#workflows.set(hash, workflow);
    }
    return workflow;
  }

  #launch(
    record: ExecutionRecord,
    workflow: Workflow,
    unsaved: readonly HistoryEvent[],
    onEnd: (run: ExecutionRun) => void = () => undefined,
  ): ExecutionRun {
    const run = new ExecutionRun(this.services, record, workflow, unsaved, onEnd);
    this.#runs.set(record.tail, run);
    interpret(run)
      .catch((error: unknown) => this.#report(record.tail, error))
      .finally(() => {
        if (this.#runs.get(record.tail) === run) this.#runs.delete(record.tail);
      })
      .catch(() => undefined);
    return run;
  }

  /** The store failed, or holds what this version cannot read: nothing else gets here. */
  #report(tail: string, error: unknown): void {
    if (!this.#closed) console.error(`Step Functions: the execution ${tail} stands still: ${String(error)}`);
  }
}

/** What a definition is kept under: executions run the one that they were started with. */
function definitionHash(definition: string): string {
  return createHash('sha256').update(definition).digest('hex');
}

/** Keeps a definition. */
export function putDefinition(definition: string): StoreOperation {
  return put(keys.definition(definitionHash(definition)), definition);
}
