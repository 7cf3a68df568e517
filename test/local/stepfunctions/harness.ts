import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { BusEvent, FunctionInvoker } from '../../../local/service.ts';
import {
  createStepFunctionsService,
  type StepFunctionsOptions,
  type StepFunctionsService,
} from '../../../local/stepfunctions/step-functions-service.ts';

export const IDENTITY = { account: '000000000000', region: 'us-east-1' };
export const ROLE = 'arn:aws:iam::000000000000:role/states';

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

/** A function of the fake Lambda: what it gets to what it answers. What it throws is told as Lambda would. */
export type FakeFunction = (input: never) => unknown;

/** Lambda, with functions that are called here. */
export class FakeFunctions implements FunctionInvoker {
  readonly calls: { name: string; input: unknown }[] = [];

  constructor(readonly functions: Record<string, FakeFunction>) {}

  async invoke(arn: string, payload: string): Promise<{ payload: string; functionError?: string }> {
    const name = arn.split(':').at(-1)!;
    const input = JSON.parse(payload) as never;
    this.calls.push({ name, input });
    try {
      return { payload: JSON.stringify((await this.functions[name]!(input)) ?? null) };
    } catch (error) {
      if (!(error instanceof FunctionThrew)) throw error;
      return {
        payload: JSON.stringify({ errorType: error.type, errorMessage: error.message }),
        functionError: 'Unhandled',
      };
    }
  }

  async invokeAsync(arn: string, payload: string): Promise<void> {
    this.calls.push({ name: arn.split(':').at(-1)!, input: JSON.parse(payload) });
  }
}

/** Thrown by a fake function to have thrown an error of a type. */
export class FunctionThrew extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** S3, with objects by `bucket/key`. */
export class FakeObjects {
  constructor(readonly objects: Record<string, string>) {}

  async readObject(bucket: string, key: string): Promise<Buffer | undefined> {
    const content = this.objects[`${bucket}/${key}`];
    return content === undefined ? undefined : Buffer.from(content);
  }
}

/** A clock that stands still until it is moved. */
export class FakeClock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  #timers: { at: number; callback: () => void }[] = [];
  #awaiting: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    for (const resolve of this.#awaiting.splice(0)) resolve();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Resolves to how long the next timer has to go, once there is a timer. */
  async nextTimer(): Promise<number> {
    while (this.#timers.length === 0) await new Promise<void>((resolve) => this.#awaiting.push(resolve));
    return Math.min(...this.#timers.map(({ at }) => at)) - this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}

export interface Harness {
  readonly client: SFNClient;
  readonly service: StepFunctionsService;
  readonly functions: FakeFunctions;
  readonly objects: FakeObjects;
  /** What was sent to the bus. */
  readonly sent: BusEvent[];
  readonly dataFolder: string;
  /** Stops the service and opens it anew on the same folder, as a new process would. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface HarnessOptions extends Partial<StepFunctionsOptions> {
  readonly fakes?: Record<string, FakeFunction>;
  readonly files?: Record<string, string>;
}

/** The service behind a port of its own, and a client for it. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const { fakes = {}, files = {}, ...given } = options;
  const dataFolder = await mkdtemp(join(tmpdir(), 'states-'));
  const functions = new FakeFunctions(fakes);
  const objects = new FakeObjects(files);
  const sent: BusEvent[] = [];
  const events = {
    put: async (event: BusEvent) => {
      sent.push(event);
    },
  };
  const open = () =>
    createStepFunctionsService({ dataFolder, identity: IDENTITY, functions, objects, events, ...given });
  let service = await open();
  const server = createServer((request, response) => void service.handle(request, response));
  const client = await clientOf(server);
  return {
    client,
    functions,
    objects,
    sent,
    dataFolder,
    get service() {
      return service;
    },
    async restart() {
      await service.stop();
      service = await open();
      service.resume();
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function clientOf(server: Server): Promise<SFNClient> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return new SFNClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}

/** Resolves when the condition holds; looks again after each turn of the event loop. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for the end of an execution. */
export async function ended(client: SFNClient, executionArn: string): Promise<DescribeExecutionOutput> {
  for (;;) {
    const description = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (description.status !== 'RUNNING') return description;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

let machines = 0;

/** Runs a definition to its end. */
export async function execute(harness: Harness, definition: object, input: unknown = {}) {
  const executionArn = await begin(harness, definition, input);
  const description = await ended(harness.client, executionArn);
  return { ...description, result: description.output === undefined ? undefined : JSON.parse(description.output) };
}

/** Starts an execution of a new state machine of the definition. Answers the execution's ARN. */
export async function begin(harness: Harness, definition: object, input: unknown = {}): Promise<string> {
  const name = `machine-${++machines}`;
  const stateMachineArn = await harness.service.createStateMachine(name, JSON.stringify(definition), ROLE);
  const started = await harness.client.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  return started.executionArn!;
}

/** All events of an execution. */
export async function history(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return events!;
}

/** A state machine of one state. */
export function single(state: object): object {
  return { StartAt: 'Only', States: { Only: { ...state, ...('Choices' in state ? {} : { End: true }) } } };
}
