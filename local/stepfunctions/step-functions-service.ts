import { type Clock, systemClock } from '../clock.ts';
import type { CloudIdentity, EventSink, FunctionInvoker, LocalService, ObjectReader } from '../service.ts';
import { ExecutionOperations } from './api/execution-operations.ts';
import { answer, type Operation } from './api/json-protocol.ts';
import { MapRunOperations } from './api/map-run-operations.ts';
import { StateMachineOperations } from './api/state-machine-operations.ts';
import { Engine } from './engine/engine.ts';
import { AWS_LIMITS, type StepFunctionsLimits } from './engine/services.ts';
import { Store } from './store/store.ts';

/** The local cloud's Step Functions. */
export interface StepFunctionsService extends LocalService {
  /**
   * Creates a state machine or, if there is one of the name, updates it. Answers its ARN. Throws a StepFunctionsError
   * (`InvalidDefinition`, `InvalidName`) that says what the local cloud does not know.
   */
  createStateMachine(name: string, definition: string, roleArn: string): Promise<string>;
  /** Goes on with the executions that ran when the process before ended. To be called once functions can be invoked. */
  resume(): void;
}

export interface StepFunctionsOptions {
  /** Made if it is missing; for this service alone. */
  readonly dataFolder: string;
  readonly identity: CloudIdentity;
  readonly functions: FunctionInvoker;
  readonly objects: ObjectReader;
  /** Gets the `Step Functions Execution Status Change` events; without it there are none. */
  readonly events: EventSink | undefined;
  /** AWS's, save what is given here. */
  readonly limits?: Partial<StepFunctionsLimits>;
  readonly clock?: Clock;
  /** From 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** Opens the service. What ran before waits for `resume`. */
export async function createStepFunctionsService(options: StepFunctionsOptions): Promise<StepFunctionsService> {
  const { identity, functions, objects, events } = options;
  const store = await Store.open(options.dataFolder);
  const engine = new Engine({
    identity,
    functions,
    objects,
    store,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    limits: { ...AWS_LIMITS, ...options.limits },
    publish: (event) => void events?.put(event).catch((error: unknown) => console.error('Step Functions:', error)),
  });
  const machines = new StateMachineOperations(engine);
  const mapRuns = new MapRunOperations(engine);
  const executions = new ExecutionOperations(engine, machines, mapRuns);
  const operations: Record<string, Operation> = {
    ...machines.operations,
    ...mapRuns.operations,
    ...executions.operations,
  };
  return {
    handle: (request, response) => answer(operations, request, response),
    createStateMachine: (name, definition, roleArn) => machines.upsert(name, definition, roleArn),
    resume: () => {
      engine.resume().catch((error: unknown) => console.error('Step Functions could not resume:', error));
    },
    stop: async () => {
      engine.close();
      await store.close();
    },
  };
}
