import { join } from 'node:path';
import { type CloudIdentity, type FunctionInvoker, type LocalService, ServiceRefusal } from '../service.ts';
import { AsyncDelivery } from './async-delivery.ts';
import { AsyncQueue } from './async-queue.ts';
import { Concurrency } from './concurrency.ts';
import { FunctionLogs } from './function-log.ts';
import { FunctionManager } from './function-manager.ts';
import { functionArn, resolveFunctionName } from './function-name.ts';
import type { FunctionSettings } from './function-record.ts';
import { FunctionRegistry } from './function-registry.ts';
import { InvocationRunner } from './invocation.ts';
import { Invoker } from './invoker.ts';
import { LambdaApi } from './lambda-api.ts';
import type { LambdaFaults } from './lambda-faults.ts';
import { completeLimits, type LambdaLimits } from './limits.ts';
import { linkRuntimePackages } from './runtime-packages.ts';
import { SandboxPool } from './sandbox-pool.ts';

/** What the local Lambda is made with. */
export interface LambdaServiceOptions {
  /** A folder of its own: functions created over the API and accepted asynchronous events. */
  readonly dataFolder: string;
  /** Where `<function>.log` is written. */
  readonly logFolder: string;
  readonly identity: CloudIdentity;
  /** URL of the cloud's port, asked for whenever a function's process is started. */
  readonly endpoint: () => string;
  /** Environment variables that every function gets besides Lambda's own. */
  readonly extraEnvironment?: Readonly<Record<string, string>>;
  readonly limits?: Partial<LambdaLimits>;
  /** Left out: nothing goes wrong. */
  readonly faults?: LambdaFaults;
}

/** Lambda on one machine: each function runs in child processes of its own. */
export interface LambdaService extends LocalService, FunctionInvoker {
  /** Runs asynchronous events from now on; to be called once the cloud's port answers. Until then they are only kept. */
  start(): void;
  /**
   * Adds or replaces a function of the template. It is not kept over a restart: the template brings it again.
   *
   * @param settings As CloudFormation spells them.
   * @param codeFolder The folder with the function's code; it stays where it is.
   * @returns The function's ARN.
   */
  putFunction(name: string, settings: FunctionSettings, codeFolder: string): Promise<string>;
  /** What AWS::Lambda::EventInvokeConfig sets as MaximumRetryAttempts: 0 to 2. */
  setAsyncRetries(name: string, retries: number): Promise<void>;
}

/** Opens the data folder, with all that an earlier run has left in it. */
export async function createLambdaService(options: LambdaServiceOptions): Promise<LambdaService> {
  const { dataFolder, identity } = options;
  const limits = completeLimits(options.limits ?? {});
  await linkRuntimePackages(dataFolder);
  const registry = await FunctionRegistry.open(join(dataFolder, 'functions'));
  const logs = await FunctionLogs.open(options.logFolder, limits.logBytes);
  const pool = new SandboxPool(limits, () => ({
    identity,
    endpoint: options.endpoint(),
    extraEnvironment: options.extraEnvironment ?? {},
  }));
  const runner = new InvocationRunner(pool, logs, identity, options.faults);
  const concurrency = new Concurrency(limits.concurrentExecutions, () => registry.reserved());
  const delivery = new AsyncDelivery(registry, concurrency, runner, logs, limits);
  const queue = await AsyncQueue.open(join(dataFolder, 'events'), limits.asyncEventAge, delivery);
  concurrency.onLeave(() => queue.pump());
  const manager = new FunctionManager(registry, identity, limits.concurrentExecutions, () => queue.pump());
  const invoker = new Invoker(manager, concurrency, runner, queue, options.faults);
  const api = new LambdaApi({ manager, registry, invoker, concurrency, queue, identity });
  const refuseWhenStopped = (): void => {
    if (delivery.stopping) throw new ServiceRefusal('ServiceException', 'The local Lambda has been stopped');
  };

  return {
    handle: (request, response) => api.handle(request, response),
    start: () => queue.start(),
    async invoke(arn, payload) {
      refuseWhenStopped();
      const { logTail: _, ...result } = await invoker.invoke(resolveFunctionName(arn, identity), payload);
      refuseWhenStopped();
      return result;
    },
    async invokeAsync(arn, payload) {
      refuseWhenStopped();
      await invoker.invokeAsync(resolveFunctionName(arn, identity), payload);
    },
    async putFunction(name, settings, codeFolder) {
      await manager.putFolder(name, settings, codeFolder);
      return functionArn(name, identity);
    },
    async setAsyncRetries(name, retries) {
      await manager.setAsyncRetries(name, retries);
    },
    async stop() {
      delivery.stopping = true;
      await Promise.all([queue.stop(), pool.stop()]);
      await logs.flush();
    },
  };
}
