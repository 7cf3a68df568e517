import type { AsyncQueue } from './async-queue.ts';
import type { Concurrency } from './concurrency.ts';
import type { FunctionManager } from './function-manager.ts';
import type { InvocationResult, InvocationRunner } from './invocation.ts';
import { type LambdaFaults, NO_LAMBDA_FAULTS } from './lambda-faults.ts';
import { QUOTAS } from './limits.ts';
import { requestTooLarge } from './refusal.ts';

/** Lambda's two ways to invoke a function, with their limits. */
export class Invoker {
  constructor(
    private readonly manager: FunctionManager,
    private readonly concurrency: Concurrency,
    private readonly runner: InvocationRunner,
    private readonly queue: AsyncQueue,
    private readonly faults: LambdaFaults = NO_LAMBDA_FAULTS,
  ) {}

  /**
   * RequestResponse.
   *
   * @param payload JSON.
   * @throws LambdaRefusal when Lambda itself refuses; what the function throws is a result.
   */
  async invoke(name: string, payload: string, requestId: string = crypto.randomUUID()): Promise<InvocationResult> {
    const record = this.manager.require(name);
    if (Buffer.byteLength(payload) > QUOTAS.synchronousPayload) throw requestTooLarge(QUOTAS.synchronousPayload);
    const leave = this.concurrency.enter(name);
    try {
      return await this.runner.run(record, requestId, payload);
    } finally {
      leave();
    }
  }

  /**
   * Event: returned once it is kept.
   *
   * @param payload JSON.
   * @throws LambdaRefusal when Lambda itself refuses.
   */
  async invokeAsync(name: string, payload: string, requestId: string = crypto.randomUUID()): Promise<void> {
    this.manager.require(name);
    if (Buffer.byteLength(payload) > QUOTAS.asynchronousPayload) throw requestTooLarge(QUOTAS.asynchronousPayload);
    await this.queue.accept(name, requestId, payload);
    if (this.faults.comesTwice(name)) await this.queue.accept(name, crypto.randomUUID(), payload);
  }
}
