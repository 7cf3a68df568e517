import type { QueueConsumer, QueuedEvent, Verdict } from './async-queue.ts';
import type { Concurrency } from './concurrency.ts';
import type { FunctionLogs } from './function-log.ts';
import type { FunctionRegistry } from './function-registry.ts';
import type { InvocationResult, InvocationRunner } from './invocation.ts';
import type { LambdaLimits } from './limits.ts';
import { LambdaRefusal } from './refusal.ts';

/** Runs queued events as Lambda does: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export class AsyncDelivery implements QueueConsumer {
  /** Set when the service stops: what its end interrupts is run again after the next start. */
  stopping = false;

  constructor(
    private readonly registry: FunctionRegistry,
    private readonly concurrency: Concurrency,
    private readonly runner: InvocationRunner,
    private readonly logs: FunctionLogs,
    private readonly limits: Pick<LambdaLimits, 'asyncRetryDelays'>,
  ) {}

  admit(functionName: string): (() => void) | undefined {
    if (this.registry.get(functionName) === undefined || !this.concurrency.mayEnter(functionName)) return undefined;
    return this.concurrency.enter(functionName);
  }

  async run(event: QueuedEvent, payload: string): Promise<Verdict | undefined> {
    const record = this.registry.get(event.functionName);
    if (record === undefined) return { kind: 'done' };
    const result = await this.runner.run(record, event.requestId, payload).catch(asFunctionError);
    if (this.stopping) return undefined;
    if (result.functionError === undefined) return { kind: 'done' };
    const delays = this.limits.asyncRetryDelays;
    if (event.failures >= record.asyncRetries) {
      this.note(event, `it failed ${event.failures + 1} times, last with ${result.payload}`);
      return { kind: 'done' };
    }
    return { kind: 'again', due: Date.now() + (delays[event.failures] ?? delays.at(-1) ?? 0) };
  }

  dropped(event: QueuedEvent): void {
    this.note(event, 'it could not be run in time');
  }

  private note({ functionName, requestId }: QueuedEvent, reason: string): void {
    const text = `The asynchronous event ${requestId} is dropped: ${reason}`;
    this.logs.of(functionName).write(`${new Date().toISOString()} ${text}\n`);
  }
}

/** A machine that lacks the runtime is, to an event, a function that fails. */
function asFunctionError(error: unknown): Pick<InvocationResult, 'payload' | 'functionError'> {
  const [errorType, errorMessage] =
    error instanceof LambdaRefusal ? [error.name, error.message] : ['ServiceException', String(error)];
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' };
}
