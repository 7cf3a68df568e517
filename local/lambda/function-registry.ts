import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import type { FunctionRecord } from './function-record.ts';

/** All functions. Those that were created over the API are kept in a folder: `<name>.json` and `<name>/<code>`. */
export class FunctionRegistry {
  private readonly records = new Map<string, FunctionRecord>();
  private readonly kept = new Set<string>();

  private constructor(private readonly folder: string) {}

  /** Reads what an earlier run has kept, and removes code that no function uses any more. */
  static async open(folder: string): Promise<FunctionRegistry> {
    await mkdir(folder, { recursive: true });
    const registry = new FunctionRegistry(folder);
    for (const file of await readdir(folder)) {
      if (file.endsWith('.tmp')) await rm(join(folder, file), { force: true });
      if (!file.endsWith('.json')) continue;
      const record: FunctionRecord = JSON.parse(await readFile(join(folder, file), 'utf8'));
      registry.records.set(record.name, record);
      registry.kept.add(record.name);
    }
    await registry.sweep();
    return registry;
  }

  get(name: string): FunctionRecord | undefined {
    return this.records.get(name);
  }

  /** In the order of their names. */
  list(): FunctionRecord[] {
    return [...this.records.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Reserved concurrency by function, of those that have one. */
  reserved(): ReadonlyMap<string, number> {
    const entries = [...this.records.values()].map((record) => [record.name, record.reservedConcurrency] as const);
    return new Map(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
  }

  /** The folder that code of this function is unpacked under. */
  codeParent(name: string): string {
    return join(this.folder, name);
  }

  /** Adds or replaces a function of the template: the next start brings it again, so it is not kept. */
  async putUnkept(record: FunctionRecord): Promise<void> {
    if (this.kept.delete(record.name)) await rm(this.recordFile(record.name), { force: true });
    this.records.set(record.name, record);
  }

  /** Adds or replaces a function and keeps it over restarts. */
  async putKept(record: FunctionRecord): Promise<void> {
    await writeFileAtomically(this.recordFile(record.name), JSON.stringify(record, undefined, 2));
    this.kept.add(record.name);
    this.records.set(record.name, record);
  }

  /** Replaces a function, kept if it was kept before. */
  replace(record: FunctionRecord): Promise<void> {
    return this.kept.has(record.name) ? this.putKept(record) : this.putUnkept(record);
  }

  async remove(name: string): Promise<void> {
    this.records.delete(name);
    if (!this.kept.delete(name)) return;
    await rm(this.recordFile(name), { force: true });
    await rm(this.codeParent(name), { recursive: true, force: true });
  }

  private async sweep(): Promise<void> {
    const used = new Set([...this.records.values()].map(({ codeFolder }) => codeFolder));
    for (const entry of await readdir(this.folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const parent = join(this.folder, entry.name);
      const folders = (await readdir(parent)).map((name) => join(parent, name));
      const unused = folders.filter((folder) => !used.has(folder));
      for (const folder of unused.length === folders.length ? [parent] : unused) {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }

  private recordFile(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
