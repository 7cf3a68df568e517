import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiGatewayService } from './apigateway/api-gateway-service.ts';
import { systemClock } from './clock.ts';
import { ClosingList } from './closing-list.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import { settleCustomResources } from './cloudformation/custom-resources.ts';
import { loadStack } from './cloudformation/load-stack.ts';
import type { StackServices } from './cloudformation/stack-services.ts';
import { claimDataFolder, type DataFolders, openDataFolder, signDataFolder } from './data-folder.ts';
import { createDynamoDbService } from './dynamodb/dynamodb-service.ts';
import { createEventsService, type EventsService } from './events/events-service.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { parseFaultRules } from './faults/fault-rules.ts';
import { InventoryDesk } from './inventory/inventory-desk.ts';
import type { InventoryWriter } from './inventory/inventory-writer.ts';
import { createLambdaService } from './lambda/lambda-service.ts';
import { otherS3Environment, type S3AddressingStyle } from './other-s3.ts';
import { createS3Service, type S3Service, type S3ServiceOptions } from './s3/s3-service.ts';
import { createFrontDoor, type FrontDoor, type Services } from './server/front-door.ts';
import type { CloudIdentity, FunctionInvoker } from './service.ts';
import { createSnsService } from './sns/sns-service.ts';
import { createStepFunctionsService } from './stepfunctions/step-functions-service.ts';
import { createStsService } from './sts/sts-service.ts';
import { synthesize } from './synthesis/synthesize.ts';

/** The folder above local/: the checkout, or dist/ in the published package. */
const HOME = fileURLToPath(new URL('..', import.meta.url));

/** How long requests that are under way may still take when the cloud ends, in milliseconds. */
const GRACE_MS = 2_000;

/** What a local cloud is started with. */
export interface CloudOptions {
  /** Where everything is kept; made if it is not there. */
  readonly dataFolder: string;
  /** 0 takes any free port. Default 9800. */
  readonly port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Twelve digits. Default 000000000000. */
  readonly account?: string;
  /** Default us-east-1. */
  readonly region?: string;
  /** Functions that run at the same time. Default 10, as a new AWS account has it. */
  readonly concurrency?: number;
  /** URL of another S3 for the objects, the manifests and the reports. */
  readonly s3Endpoint?: string;
  /** Where requests to that S3 name their bucket. Default path. */
  readonly s3AddressingStyle?: S3AddressingStyle;
  /** How long restores of archived objects take in the local S3. Default: a few seconds. */
  readonly restoreTimes?: S3ServiceOptions['restoreTimes'];
  /** A file of fault rules (JSON): what of the requests to this cloud goes wrong. Default: nothing. */
  readonly faultsFile?: string;
  /** The cloud assembly to run. Default: that of bin/drover-app, synthesized when its sources changed. */
  readonly assembly?: string;
  /** Who writes inventory reports. Default: nobody; the local S3 then refuses inventory configurations. */
  readonly inventoryWriter?: InventoryWriter;
}

/** A local cloud that is ready. */
export interface Cloud {
  /** `http://<address>:<port>` of all services. */
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  /** The outputs of the stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Where functions' logs are. */
  readonly logFolder: string;
  /** Takes no more requests and stops. What was under way goes on at the next start. */
  close(): Promise<void>;
}

/**
 * Starts the services, makes the stack's resources and takes up what an earlier run left unfinished. Resolves when all
 * is ready. Rejects, with everything closed again, when the folder or the port is taken, when the stack cannot be
 * synthesized, or when it has what the local cloud does not know; the message says which.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closing = new ClosingList();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.close().catch(() => {});
    throw error;
  }
}

async function start(options: CloudOptions, closing: ClosingList): Promise<Cloud> {
  const identity = identityOf(options);
  const { s3Endpoint, s3AddressingStyle } = options;
  const extraEnvironment = s3Endpoint ? await otherS3Environment(s3Endpoint, identity.region, s3AddressingStyle) : {};
  const dataFolder = resolve(options.dataFolder);
  const folders = await openDataFolder(dataFolder);
  const { door, services, stackServices, functions, inventories, resume } = await openServices(
    options,
    identity,
    folders,
    extraEnvironment,
    {
      dataFolder,
      closing,
    },
  );
  await signDataFolder(dataFolder, door.endpoint);

  const assembly = options.assembly ?? (await synthesizeHome(dataFolder));
  const stack = await loadStack(await readAssembly(assembly), identity, stackServices);
  door.open(services, inventories);
  resume();
  await settleCustomResources(stack.customResources, {
    folder: folders.cloudFormation,
    stackId: stack.id,
    functions,
  });
  door.ready();
  return {
    endpoint: door.endpoint,
    ...identity,
    stackName: stack.name,
    outputs: stack.outputs,
    logFolder: folders.logs,
    close: () => closing.close(),
  };
}

interface OpenedServices {
  readonly door: FrontDoor;
  readonly services: Services;
  readonly stackServices: StackServices;
  readonly functions: FunctionInvoker;
  readonly inventories: InventoryDesk | undefined;
  /** Takes up what an earlier run left unfinished. */
  resume(): void;
}

/** Opened in the order that makes closing in reverse right: functions, which use all others, end first. */
async function openServices(
  options: CloudOptions,
  identity: CloudIdentity,
  folders: DataFolders,
  extraEnvironment: Readonly<Record<string, string>>,
  { dataFolder, closing }: { readonly dataFolder: string; readonly closing: ClosingList },
): Promise<OpenedServices> {
  const opened = <T extends { stop(): Promise<void> }>(service: T): T => {
    closing.add(() => service.stop());
    return service;
  };
  const faults = await faultsOf(options.faultsFile);
  const dynamodb = opened(
    await claimDataFolder(dataFolder, () => createDynamoDbService({ dataFolder: folders.dynamodb, identity, faults })),
  );
  // S3 sends events to rules, whose targets are functions, which need S3: so the bus is looked up at each event.
  const bus: { events?: EventsService } = {};
  const sink = { put: async (event: Parameters<EventsService['put']>[0]) => bus.events?.put(event) };
  const { restoreTimes, inventoryWriter } = options;
  const s3 = opened(
    await createS3Service({
      dataFolder: folders.s3,
      identity,
      events: sink,
      ...(restoreTimes && { restoreTimes }),
      ...(inventoryWriter && { inventoryFields: inventoryWriter.optionalFields }),
    }),
  );
  const door = await createFrontDoor({ host: options.host ?? '127.0.0.1', port: options.port ?? 9800, faults });
  closing.add(() => door.close(GRACE_MS));
  const inventories = inventoryWriter && opened(inventoryDesk(inventoryWriter, s3, door, identity));
  const lambda = opened(
    await createLambdaService({
      dataFolder: folders.lambda,
      logFolder: folders.logs,
      identity,
      endpoint: () => door.endpoint,
      extraEnvironment,
      limits: { concurrentExecutions: options.concurrency ?? 10 },
      faults,
    }),
  );
  const events = opened(await createEventsService({ dataFolder: folders.events, identity, lambda }));
  bus.events = events;
  const sns = opened(await createSnsService({ dataFolder: folders.sns, logFolder: folders.logs, identity, lambda }));
  const states = opened(
    await createStepFunctionsService({
      dataFolder: folders.stepFunctions,
      identity,
      functions: lambda,
      objects: s3,
      events,
    }),
  );
  const api = createApiGatewayService({ identity, functions: lambda });
  return {
    door,
    services: { s3, dynamodb, states, lambda, events, sns, sts: createStsService({ identity }), 'execute-api': api },
    stackServices: {
      createBucket: ({ name, ...settings }) => s3.createBucket(name, settings),
      createTable: (table) => dynamodb.createTable(table),
      putFunction: async (name, settings, folder) => void (await lambda.putFunction(name, settings, folder)),
      setAsyncRetries: (name, retries) => lambda.setAsyncRetries(name, retries),
      createStateMachine: async ({ name, definition, roleArn }) =>
        void (await states.createStateMachine(name, definition, roleArn)),
      putRule: async (name, properties) => void (await events.putRule(name, properties)),
      putTopic: (name) => sns.putTopic(name),
      putSubscription: (topicArn, protocol, endpoint) => sns.putSubscription(topicArn, protocol, endpoint),
      putRestApi: async (restApi) => api.putRestApi(restApi),
    },
    functions: lambda,
    inventories,
    resume() {
      states.resume();
      lambda.start();
      events.start();
      inventories?.start();
    },
  };
}

function inventoryDesk(writer: InventoryWriter, s3: S3Service, door: FrontDoor, { region }: CloudIdentity) {
  const { endpoint } = door;
  return new InventoryDesk({ book: s3.inventories, writer, clock: systemClock, s3: { endpoint, region } });
}

async function faultsOf(file: string | undefined): Promise<FaultInjector> {
  const faults = new FaultInjector();
  if (file !== undefined) faults.set(parseFaultRules(await readFile(file, 'utf8'), file));
  return faults;
}

function identityOf({ account = '000000000000', region = 'us-east-1' }: CloudOptions): CloudIdentity {
  if (!/^\d{12}$/.test(account)) {
    throw new Error(`The account must be twelve digits, not "${account}".`);
  }
  return { account, region };
}

/** A checkout has a cache of its own; the published package may lie where it cannot be written to. */
function synthesizeHome(dataFolder: string): Promise<string> {
  const checkout = existsSync(join(HOME, 'bin/drover-app.ts'));
  const cacheFolder = checkout ? join(HOME, '.cache', 'synthesis') : join(dataFolder, 'synthesis');
  return synthesize({ home: HOME, cacheFolder, environment: process.env });
}
