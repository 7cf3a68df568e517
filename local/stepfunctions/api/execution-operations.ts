import { randomUUID } from 'node:crypto';
import { arnOf, childTail, machineOf, nameOf } from '../arns.ts';
import type { Engine } from '../engine/engine.ts';
import { StepFunctionsError } from '../service-error.ts';
import { keys } from '../store/keys.ts';
import type { ExecutionRecord, MapRunRecord } from '../store/records.ts';
import { readHistory } from './history-page.ts';
import type { MapRunOperations } from './map-run-operations.ts';
import { collectPage, type PageRequest, pageRequest } from './pages.ts';
import { checkName, optionalChoice, optionalText, type Request, tailOf } from './request-fields.ts';
import type { StateMachineOperations } from './state-machine-operations.ts';

const LONGEST_NAME = 80;
const LARGEST_INPUT = 262_144;

const STATUSES = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'] as const;

function noSuchExecution(arn: string): StepFunctionsError {
  return new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

/** The API's operations on executions. */
export class ExecutionOperations {
  readonly #engine: Engine;
  readonly #machines: StateMachineOperations;
  readonly #mapRuns: MapRunOperations;
  /** Starts under way: two requests for one name must not both find it free. */
  readonly #starting = new Map<string, Promise<unknown>>();

  constructor(engine: Engine, machines: StateMachineOperations, mapRuns: MapRunOperations) {
    this.#engine = engine;
    this.#machines = machines;
    this.#mapRuns = mapRuns;
  }

  readonly operations = {
    StartExecution: (request: Request) => this.#start(request),
    StopExecution: (request: Request) => this.#stop(request),
    DescribeExecution: (request: Request) => this.#describe(request),
    ListExecutions: (request: Request) => this.#list(request),
    GetExecutionHistory: async (request: Request) => readHistory(this.#engine, await this.#find(request), request),
  };

  async #start(request: Request): Promise<object> {
    const machine = await this.#machines.find(request);
    const name = checkName(optionalText(request, 'name', LONGEST_NAME) ?? randomUUID());
    const input = checkInput(optionalText(request, 'input', LARGEST_INPUT, 0) ?? '{}');
    const tail = `${machine.name}:${name}`;
    while (this.#starting.has(tail)) await this.#starting.get(tail);
    const starting = this.#startOnce(tail, input, () => this.#engine.start(machine, name, input));
    this.#starting.set(
      tail,
      starting.catch(() => undefined),
    );
    try {
      const { startDate } = await starting;
      return { executionArn: this.#arn(tail), startDate: startDate / 1000 };
    } finally {
      this.#starting.delete(tail);
    }
  }

  /** A name is used once. Asking again for what runs, with the same input, is answered as the first time. */
  async #startOnce(tail: string, input: string, start: () => Promise<ExecutionRecord>): Promise<ExecutionRecord> {
    const before = await this.#record(tail);
    if (before === undefined) return await start();
    if (before.status === 'RUNNING' && before.input === input) return before;
    throw new StepFunctionsError('ExecutionAlreadyExists', `Execution Already Exists: '${this.#arn(tail)}'`);
  }

  async #stop(request: Request): Promise<object> {
    const error = optionalText(request, 'error', 256, 0);
    const cause = optionalText(request, 'cause', 32_768, 0);
    const { tail } = await this.#find(request);
    const run = this.#engine.running(tail) ?? (await this.#engine.takeUp(tail));
    await run?.stop('ABORTED', error, cause);
    const record = await this.#engine.services.store.get<ExecutionRecord>(keys.execution(tail));
    return { stopDate: (record?.stopDate ?? this.#engine.services.clock.now()) / 1000 };
  }

  async #describe(request: Request): Promise<object> {
    const record = await this.#find(request);
    return {
      ...this.#summary(record),
      input: record.input,
      inputDetails: { included: true },
      ...(record.output === undefined ? {} : { output: record.output, outputDetails: { included: true } }),
      error: record.error,
      cause: record.cause,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Redrive is not known to the local cloud',
    };
  }

  async #list(request: Request): Promise<object> {
    const filter = optionalChoice(request, 'statusFilter', STATUSES);
    if ((request.stateMachineArn === undefined) === (request.mapRunArn === undefined)) {
      const message = 'Exactly one of stateMachineArn and mapRunArn must be specified';
      throw new StepFunctionsError('ValidationException', message);
    }
    let list: string;
    let records: AsyncIterable<readonly [string, ExecutionRecord]>;
    let page: PageRequest;
    if (request.mapRunArn === undefined) {
      const { name } = await this.#machines.find(request);
      list = `executions of ${name}`;
      page = pageRequest(request, list);
      records = this.#ofMachine(name, page.after);
    } else {
      const mapRun = await this.#mapRuns.find(request);
      list = `children of ${mapRun.tail}`;
      page = pageRequest(request, list);
      records = this.#ofMapRun(mapRun, page.after);
    }
    const { items, nextToken } = await collectPage(page, list, this.#chosen(records, filter));
    return { executions: items, nextToken };
  }

  async *#chosen(records: AsyncIterable<readonly [string, ExecutionRecord]>, filter: string | undefined) {
    for await (const [place, record] of records) {
      if (filter !== undefined && filter !== record.status) continue;
      yield [place, { ...this.#summary(record), ...(record.mapRun === undefined ? {} : { itemCount: 1 }) }] as const;
    }
  }

  async *#ofMachine(machine: string, after: string | undefined) {
    const range = keys.allListed(machine);
    const from = after === undefined ? range : { gt: after, lt: range.lt };
    for await (const [key, tail] of this.#engine.services.store.read<string>(from)) {
      const record = await this.#record(tail);
      if (record !== undefined) yield [key, record] as const;
    }
  }

  /** In the order of the items: those begun are in the store or, until they have something to write, run. */
  async *#ofMapRun({ tail, total }: MapRunRecord, after: string | undefined) {
    const STEP = 100;
    for (let from = after === undefined ? 0 : Number(after) + 1; from < total; from += STEP) {
      const tails = Array.from({ length: Math.min(STEP, total - from) }, (_, offset) => childTail(tail, from + offset));
      const stored = await this.#engine.services.store.getMany<ExecutionRecord>(tails.map(keys.execution));
      for (const [offset, child] of tails.entries()) {
        const record = this.#engine.running(child)?.record ?? stored[offset];
        if (record !== undefined) yield [String(from + offset), record] as const;
      }
    }
  }

  async #find(request: Request): Promise<ExecutionRecord> {
    const { identity } = this.#engine.services;
    const tail = tailOf(request, 'executionArn', 'execution', identity, noSuchExecution);
    const record = await this.#record(tail);
    if (record === undefined) throw noSuchExecution(String(request.executionArn));
    return record;
  }

  async #record(tail: string): Promise<ExecutionRecord | undefined> {
    const { store } = this.#engine.services;
    return this.#engine.running(tail)?.record ?? (await store.get<ExecutionRecord>(keys.execution(tail)));
  }

  #summary(record: ExecutionRecord) {
    const { identity } = this.#engine.services;
    return {
      executionArn: this.#arn(record.tail),
      stateMachineArn: arnOf(identity, 'stateMachine', machineOf(record.tail)),
      name: nameOf(record.tail),
      status: record.status,
      startDate: record.startDate / 1000,
      stopDate: record.stopDate === undefined ? undefined : record.stopDate / 1000,
      mapRunArn: record.mapRun === undefined ? undefined : arnOf(identity, 'mapRun', record.mapRun),
      redriveCount: 0,
    };
  }

  #arn(tail: string): string {
    return arnOf(this.#engine.services.identity, 'execution', tail);
  }
}

function checkInput(input: string): string {
  const refuse = (reason: string) =>
    new StepFunctionsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
  if (Buffer.byteLength(input) > LARGEST_INPUT) throw refuse(`The input is larger than ${LARGEST_INPUT} bytes`);
  if (input.trim() === '') throw refuse('Invalid execution input.');
  try {
    JSON.parse(input);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  return input;
}
