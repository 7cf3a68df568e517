import { arnOf, machineOf } from '../arns.ts';
import type { Engine } from '../engine/engine.ts';
import { StepFunctionsError } from '../service-error.ts';
import { keys } from '../store/keys.ts';
import type { ExecutionRecord, MapRunRecord } from '../store/records.ts';
import { collectPage, pageRequest } from './pages.ts';
import { optionalNumber, type Request, tailOf } from './request-fields.ts';

function noSuchMapRun(arn: string): StepFunctionsError {
  return new StepFunctionsError('ResourceNotFound', `Resource not found: '${arn}'`);
}

/** The API's operations on Map runs. */
export class MapRunOperations {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  readonly operations = {
    DescribeMapRun: (request: Request) => this.#describe(request),
    UpdateMapRun: (request: Request) => this.#update(request),
    ListMapRuns: (request: Request) => this.#list(request),
  };

  /** The Map run that a request names. */
  async find(request: Request): Promise<MapRunRecord> {
    const { identity, store } = this.#engine.services;
    const tail = tailOf(request, 'mapRunArn', 'mapRun', identity, noSuchMapRun);
    const record = this.#engine.runningMap(tail)?.record ?? (await store.get<MapRunRecord>(keys.mapRun(tail)));
    if (record === undefined) throw noSuchMapRun(String(request.mapRunArn));
    return record;
  }

  async #describe(request: Request): Promise<object> {
    const record = await this.find(request);
    const { running, pending, succeeded, failed, timedOut, aborted } = this.#engine.runningMap(record.tail)?.counts ?? {
      running: 0,
      pending: record.pending ?? record.total,
      ...(record.ended ?? { succeeded: 0, failed: 0, timedOut: 0, aborted: 0 }),
    };
    // One item, one child; without a ResultWriter AWS calls those that succeeded written.
    const counts = {
      ...{ pending, running, succeeded, failed, timedOut, aborted },
      total: record.total,
      resultsWritten: succeeded,
      failuresNotRedrivable: 0,
      pendingRedrive: 0,
    };
    return {
      mapRunArn: this.#arn(record.tail),
      executionArn: arnOf(this.#engine.services.identity, 'execution', record.execution),
      status: record.status,
      startDate: record.startDate / 1000,
      stopDate: record.stopDate === undefined ? undefined : record.stopDate / 1000,
      maxConcurrency: record.maxConcurrency,
      toleratedFailureCount: record.toleratedFailureCount ?? 0,
      toleratedFailurePercentage: record.toleratedFailurePercentage ?? 0,
      itemCounts: counts,
      executionCounts: counts,
      redriveCount: 0,
    };
  }

  async #update(request: Request): Promise<object> {
    const maxConcurrency = optionalNumber(request, 'maxConcurrency', 0, 2 ** 31 - 1);
    const toleratedFailureCount = optionalNumber(request, 'toleratedFailureCount', 0, Number.MAX_SAFE_INTEGER);
    const toleratedFailurePercentage = optionalNumber(request, 'toleratedFailurePercentage', 0, 100);
    const { tail } = await this.find(request);
    const mapRun = this.#engine.runningMap(tail);
    if (mapRun?.record.status !== 'RUNNING') {
      throw new StepFunctionsError('ValidationException', `The Map Run '${this.#arn(tail)}' is not running`);
    }
    await mapRun.update({
      ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
      ...(toleratedFailureCount === undefined ? {} : { toleratedFailureCount }),
      ...(toleratedFailurePercentage === undefined ? {} : { toleratedFailurePercentage }),
    });
    return {};
  }

  async #list(request: Request): Promise<object> {
    const { identity, store } = this.#engine.services;
    const missing = (arn: string) =>
      new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    const execution = tailOf(request, 'executionArn', 'execution', identity, missing);
    const known = this.#engine.running(execution) ?? (await store.get<ExecutionRecord>(keys.execution(execution)));
    if (known === undefined) throw missing(String(request.executionArn));
    const list = `Map runs of ${execution}`;
    const page = pageRequest(request, list);
    const range = keys.mapRunsOf(execution);
    const entries = store.read<string>(page.after === undefined ? range : { gt: page.after, lt: range.lt });
    const { items, nextToken } = await collectPage(page, list, entries);
    const records = await store.getMany<MapRunRecord>(items.map(keys.mapRun));
    const mapRuns = records
      .filter((record) => record !== undefined)
      .map(({ tail, startDate, stopDate }) => ({
        executionArn: arnOf(identity, 'execution', execution),
        mapRunArn: this.#arn(tail),
        stateMachineArn: arnOf(identity, 'stateMachine', machineOf(tail)),
        startDate: startDate / 1000,
        stopDate: stopDate === undefined ? undefined : stopDate / 1000,
      }));
    return { mapRuns, nextToken };
  }

  #arn(tail: string): string {
    return arnOf(this.#engine.services.identity, 'mapRun', tail);
  }
}
