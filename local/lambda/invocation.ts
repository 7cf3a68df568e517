import type { CloudIdentity } from '../service.ts';
import type { FunctionLogs } from './function-log.ts';
import { functionArn } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import { type LambdaFaults, NO_LAMBDA_FAULTS } from './lambda-faults.ts';
import { QUOTAS } from './limits.ts';
import type { Sandbox, SandboxOutcome } from './sandbox.ts';
import type { SandboxPool } from './sandbox-pool.ts';

/** What a function made of an event. */
export interface InvocationResult {
  /** JSON: the function's answer, or its error as Lambda words it. */
  readonly payload: string;
  /** Set when it is an error. */
  readonly functionError?: 'Unhandled';
  /** The last 4 KB of what the invocation logged. */
  readonly logTail: string;
}

/** Runs single invocations in sandboxes and writes what Lambda writes into the log of each. */
export class InvocationRunner {
  constructor(
    private readonly pool: SandboxPool,
    private readonly logs: FunctionLogs,
    private readonly identity: CloudIdentity,
    private readonly faults: LambdaFaults = NO_LAMBDA_FAULTS,
  ) {}

  /**
   * @param requestId The same for every try of one event.
   * @param payload JSON.
   * @throws LambdaRefusal when this machine cannot run the function at all.
   */
  async run(record: FunctionRecord, requestId: string, payload: string): Promise<InvocationResult> {
    if (!this.faults.runsTwice(record.name)) return await this.runOnce(record, requestId, payload);
    const both = [this.runOnce(record, requestId, payload), this.runOnce(record, requestId, payload)];
    for (const one of both) one.catch(() => undefined);
    return await Promise.race(both);
  }

  private async runOnce(record: FunctionRecord, requestId: string, payload: string): Promise<InvocationResult> {
    const log = this.logs.of(record.name);
    let tail = '';
    const write = (text: string): void => {
      tail = (tail + text).slice(-QUOTAS.logTail);
      log.write(text);
    };
    const warm = this.pool.takeWarm(record);
    const sandbox = warm ?? this.pool.start(record);
    sandbox.output = write;
    const initStart = performance.now();
    // Lambda allows the loading ten seconds and then tries again within the function's own time limit.
    const loadLimit = Math.max(QUOTAS.initialization, record.timeout * 1_000);
    const loaded: SandboxOutcome = warm === undefined ? await sandbox.load(loadLimit) : { kind: 'ready' };
    const start = performance.now();
    write(`START RequestId: ${requestId} Version: $LATEST\n`);
    const spare = this.faults.doom(record.name, sandbox.accessKeyId, () => sandbox.end());
    const outcome = loaded.kind === 'ready' ? await this.handle(sandbox, record, requestId, payload) : loaded;
    spare();
    const answer = wordOutcome(outcome, record, requestId);
    const times = { duration: performance.now() - start, init: warm === undefined ? start - initStart : 0 };
    if (answer.logLine !== undefined) write(`${answer.logLine}\n`);
    write(`END RequestId: ${requestId}\n${reportLine(record, requestId, outcome, times)}\n`);
    sandbox.output = (text) => log.write(text);
    if (outcome.kind === 'result' || outcome.kind === 'error') this.pool.giveBack(sandbox, record);
    else sandbox.end();
    return {
      payload: answer.payload,
      ...(outcome.kind === 'result' ? {} : { functionError: 'Unhandled' }),
      logTail: tail,
    };
  }

  private handle(
    sandbox: Sandbox,
    record: FunctionRecord,
    requestId: string,
    payload: string,
  ): Promise<SandboxOutcome> {
    const frame = {
      id: requestId,
      functionArn: functionArn(record.name, this.identity),
      deadline: Date.now() + record.timeout * 1_000,
      responseLimit: QUOTAS.responsePayload,
    };
    return sandbox.invoke(frame, payload);
  }
}

/** The payload of an outcome, in Lambda's words, and the line that the log has of it besides. */
function wordOutcome(
  outcome: SandboxOutcome,
  record: FunctionRecord,
  requestId: string,
): { payload: string; logLine?: string } {
  switch (outcome.kind) {
    case 'ready':
      return { payload: 'null' };
    case 'result':
    case 'error':
    case 'init-error':
      return { payload: outcome.body };
    case 'timeout': {
      const text = `Task timed out after ${record.timeout.toFixed(2)} seconds`;
      const errorMessage = `RequestId: ${requestId} Error: ${text}`;
      return {
        payload: JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }),
        logLine: `${new Date().toISOString()} ${requestId} ${text}`,
      };
    }
    case 'exit': {
      const errorMessage = `RequestId: ${requestId} Error: ${outcome.reason}`;
      return {
        payload: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage }),
        logLine: `${errorMessage}\nRuntime.ExitError`,
      };
    }
  }
}

function reportLine(
  record: FunctionRecord,
  requestId: string,
  outcome: SandboxOutcome,
  { duration, init }: { duration: number; init: number },
): string {
  const memory = 'memory' in outcome ? [`Max Memory Used: ${Math.round(outcome.memory / 1024)} MB`] : [];
  return [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    // Since August 2025 the loading is billed as well.
    `Billed Duration: ${Math.ceil(duration + init)} ms`,
    `Memory Size: ${record.memorySize} MB`,
    ...memory,
    ...(init > 0 ? [`Init Duration: ${init.toFixed(2)} ms`] : []),
  ].join('\t');
}
