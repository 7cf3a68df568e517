import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CloudIdentity } from '../service.ts';
import { unpackCode } from './code-package.ts';
import { functionArn, requireFunctionName } from './function-name.ts';
import { applySettings, type FunctionRecord, type FunctionSettings, parseSettings } from './function-record.ts';
import type { FunctionRegistry } from './function-registry.ts';
import { unreservedMinimum } from './limits.ts';
import { functionNotFound, invalidParameter, LambdaRefusal } from './refusal.ts';
import { sandboxCommand } from './runtime.ts';

/** Creates, changes and removes functions. */
export class FunctionManager {
  constructor(
    private readonly registry: FunctionRegistry,
    private readonly identity: CloudIdentity,
    private readonly concurrentExecutions: number,
    private readonly changed: (functionName: string) => void,
  ) {}

  /** @throws LambdaRefusal (ResourceNotFoundException). */
  require(name: string): FunctionRecord {
    const record = this.registry.get(name);
    if (record === undefined) throw functionNotFound(functionArn(name, this.identity));
    return record;
  }

  /** Adds or replaces a function of the template, whose code is a folder that stays where it is. */
  async putFolder(name: string, given: FunctionSettings, codeFolder: string): Promise<FunctionRecord> {
    const known = await stat(codeFolder).catch(() => undefined);
    if (known?.isDirectory() !== true) throw invalidParameter(`The code of ${name} is not there: ${codeFolder}`);
    const code = { codeFolder: resolve(codeFolder), codeSize: 0, codeSha256: '' };
    const record = applySettings(requireFunctionName(name), parseSettings(given), code);
    this.checkReservation(name, record.reservedConcurrency);
    await this.registry.putUnkept(record);
    this.changed(name);
    return record;
  }

  async create(name: string, given: unknown, zip: Buffer): Promise<FunctionRecord> {
    const settings = parseSettings(given);
    if (this.registry.get(requireFunctionName(name)) !== undefined) {
      throw new LambdaRefusal('ResourceConflictException', 409, `Function already exist: ${name}`);
    }
    const draft = applySettings(name, settings, { codeFolder: '', codeSize: 0, codeSha256: '' });
    sandboxCommand(draft);
    const record = { ...draft, ...(await unpackCode(zip, this.registry.codeParent(name))) };
    await this.registry.putKept(record);
    this.changed(name);
    return record;
  }

  async updateCode(name: string, zip: Buffer): Promise<FunctionRecord> {
    const base = this.require(name);
    const code = await unpackCode(zip, this.registry.codeParent(name));
    return this.replace(applySettings(name, {}, code, base));
  }

  async updateConfiguration(name: string, given: unknown): Promise<FunctionRecord> {
    const base = this.require(name);
    return this.replace(applySettings(name, parseSettings(given), base, base));
  }

  /** @param reserved Undefined takes the reservation away. */
  async reserve(name: string, reserved: number | undefined): Promise<FunctionRecord> {
    const { reservedConcurrency: _, ...base } = this.require(name);
    this.checkReservation(name, reserved);
    return this.replace(reserved === undefined ? base : { ...base, reservedConcurrency: reserved });
  }

  /** @param retries 0 to 2. */
  async setAsyncRetries(name: string, retries: number): Promise<FunctionRecord> {
    return this.replace({ ...this.require(name), asyncRetries: retries });
  }

  async remove(name: string): Promise<void> {
    this.require(name);
    await this.registry.remove(name);
    this.changed(name);
  }

  private async replace(record: FunctionRecord): Promise<FunctionRecord> {
    await this.registry.replace(record);
    this.changed(record.name);
    return record;
  }

  private checkReservation(name: string, reserved: number | undefined): void {
    if (reserved === undefined || reserved === 0) return;
    if (!Number.isInteger(reserved) || reserved < 0) {
      throw invalidParameter(`ReservedConcurrentExecutions must be a whole number, 0 or more, not ${reserved}`);
    }
    const others = [...this.registry.reserved()].filter(([other]) => other !== name);
    const unreserved = this.concurrentExecutions - reserved - others.reduce((sum, [, count]) => sum + count, 0);
    const minimum = unreservedMinimum(this.concurrentExecutions);
    if (unreserved >= minimum) return;
    const text = `decreases account's UnreservedConcurrentExecution below its minimum value of [${minimum}].`;
    throw invalidParameter(`Specified ReservedConcurrentExecutions for function ${text}`);
  }
}
