import { randomUUID } from 'node:crypto';
import { arnOf } from '../arns.ts';
import { type Engine, putDefinition } from '../engine/engine.ts';
import { DefinitionError, parseDefinition } from '../language/parse-definition.ts';
import { StepFunctionsError } from '../service-error.ts';
import { keys } from '../store/keys.ts';
import type { MachineRecord } from '../store/records.ts';
import { put, remove } from '../store/store.ts';
import { collectPage, pageRequest } from './pages.ts';
import { checkName, optionalChoice, optionalText, type Request, tailOf, text } from './request-fields.ts';

const LARGEST_DEFINITION = 1_048_576;
const LONGEST_NAME = 80;
const LONGEST_ARN = 256;

function noSuchMachine(arn: string): StepFunctionsError {
  return new StepFunctionsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

/** The API's operations on state machines. */
export class StateMachineOperations {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  readonly operations = {
    CreateStateMachine: (request: Request) => this.#create(request),
    UpdateStateMachine: (request: Request) => this.#update(request),
    DescribeStateMachine: (request: Request) => this.#describe(request),
    ListStateMachines: (request: Request) => this.#list(request),
    DeleteStateMachine: (request: Request) => this.#delete(request),
  };

  /** The state machine that a request names. */
  async find(request: Request): Promise<MachineRecord> {
    const arn = request.stateMachineArn;
    const name = tailOf(request, 'stateMachineArn', 'stateMachine', this.#engine.services.identity, noSuchMachine);
    const machine = await this.#engine.services.store.get<MachineRecord>(keys.machine(name));
    if (machine === undefined) throw noSuchMachine(String(arn));
    return machine;
  }

  /** Creates the state machine or, if there is one of the name, updates it. Answers its ARN. */
  async upsert(name: string, definition: string, roleArn: string): Promise<string> {
    const before = await this.#engine.services.store.get<MachineRecord>(keys.machine(checkName(name)));
    checkDefinition(definition);
    if (before === undefined) {
      await this.#put({ name, definition, roleArn, creationDate: this.#engine.services.clock.now() });
    } else if (before.definition !== definition || before.roleArn !== roleArn) {
      await this.#put({ ...before, definition, roleArn, revisionId: randomUUID() });
    }
    return this.#arn(name);
  }

  async #create(request: Request): Promise<object> {
    const name = checkName(text(request, 'name', LONGEST_NAME));
    const definition = text(request, 'definition', LARGEST_DEFINITION);
    const roleArn = text(request, 'roleArn', LONGEST_ARN);
    if (optionalChoice(request, 'type', ['STANDARD', 'EXPRESS']) === 'EXPRESS') {
      const message = 'EXPRESS state machines are not known to the local cloud, only STANDARD ones';
      throw new StepFunctionsError('StateMachineTypeNotSupported', message);
    }
    checkDefinition(definition);
    const stateMachineArn = this.#arn(name);
    const { store, clock } = this.#engine.services;
    let machine = await store.get<MachineRecord>(keys.machine(name));
    if (machine === undefined) {
      machine = { name, definition, roleArn, creationDate: clock.now() };
      await this.#put(machine);
    } else if (machine.definition !== definition || machine.roleArn !== roleArn) {
      throw new StepFunctionsError('StateMachineAlreadyExists', `State Machine Already Exists: '${stateMachineArn}'`);
    }
    return { stateMachineArn, creationDate: machine.creationDate / 1000 };
  }

  async #update(request: Request): Promise<object> {
    const machine = await this.find(request);
    const definition = optionalText(request, 'definition', LARGEST_DEFINITION);
    const roleArn = optionalText(request, 'roleArn', LONGEST_ARN);
    if (definition === undefined && roleArn === undefined) {
      throw new StepFunctionsError(
        'MissingRequiredParameter',
        'Either the definition or the roleArn must be specified',
      );
    }
    if (definition !== undefined) checkDefinition(definition);
    const revisionId = randomUUID();
    await this.#put({
      ...machine,
      definition: definition ?? machine.definition,
      roleArn: roleArn ?? machine.roleArn,
      revisionId,
    });
    return { updateDate: this.#engine.services.clock.now() / 1000, revisionId };
  }

  async #describe(request: Request): Promise<object> {
    const { name, definition, roleArn, creationDate, revisionId } = await this.find(request);
    return {
      stateMachineArn: this.#arn(name),
      name,
      status: 'ACTIVE',
      definition,
      roleArn,
      type: 'STANDARD',
      creationDate: creationDate / 1000,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      revisionId,
    };
  }

  async #list(request: Request): Promise<object> {
    const page = pageRequest(request, 'machines');
    const range = keys.machines();
    const from = page.after === undefined ? range : { gt: page.after, lt: range.lt };
    const entries = this.#engine.services.store.read<MachineRecord>(from);
    const { items, nextToken } = await collectPage(page, 'machines', entries);
    const stateMachines = items.map(({ name, creationDate }) => ({
      stateMachineArn: this.#arn(name),
      name,
      type: 'STANDARD',
      creationDate: creationDate / 1000,
    }));
    return { stateMachines, nextToken };
  }

  /** Executions that run go on to their end, with the definition that they began with. */
  async #delete(request: Request): Promise<object> {
    const name = tailOf(request, 'stateMachineArn', 'stateMachine', this.#engine.services.identity, noSuchMachine);
    await this.#engine.services.store.write([remove(keys.machine(name))]);
    return {};
  }

  async #put(machine: MachineRecord): Promise<void> {
    await this.#engine.services.store.write([
      put(keys.machine(machine.name), machine),
      putDefinition(machine.definition),
    ]);
  }

  #arn(name: string): string {
    return arnOf(this.#engine.services.identity, 'stateMachine', name);
  }
}

function checkDefinition(definition: string): void {
  try {
    parseDefinition(definition);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw new StepFunctionsError('InvalidDefinition', `Invalid State Machine Definition: '${error.message}'`);
  }
}
