import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import { compilePattern, type EventTest } from './event-pattern.ts';
import { ruleNotFound } from './refusal.ts';
import type { Rule } from './rule.ts';

/** All rules of the default bus. Those that came over the API are kept in a file. */
export class RuleBook {
  private readonly rules = new Map<string, Rule>();
  private readonly tests = new Map<string, EventTest>();
  private readonly kept = new Set<string>();
  private writing: Promise<void> = Promise.resolve();

  private constructor(private readonly file: string) {}

  /** Reads what an earlier run has kept. */
  static async open(folder: string): Promise<RuleBook> {
    await mkdir(folder, { recursive: true });
    const book = new RuleBook(join(folder, 'rules.json'));
    const text = await readFile(book.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    for (const rule of JSON.parse(text) as Rule[]) {
      book.enter(rule);
      book.kept.add(rule.Name);
    }
    return book;
  }

  find(name: string): Rule | undefined {
    return this.rules.get(name);
  }

  /** @throws EventsRefusal (ResourceNotFoundException) */
  require(name: string): Rule {
    const rule = this.rules.get(name);
    if (rule === undefined) throw ruleNotFound(name);
    return rule;
  }

  /** In the order of their names. */
  list(): Rule[] {
    return [...this.rules.values()].sort((one, other) => (one.Name < other.Name ? -1 : 1));
  }

  /** The enabled rules whose pattern the event fits. */
  matching(event: unknown): Rule[] {
    return this.list().filter(({ Name, State }) => State === 'ENABLED' && this.tests.get(Name)?.(event) === true);
  }

  /** Adds or replaces a rule of the template: the next start brings it again, so it is not kept. */
  async putUnkept(rule: Rule): Promise<void> {
    this.enter(rule);
    if (this.kept.delete(rule.Name)) await this.write();
  }

  /** Adds or replaces a rule; one that the template brought stays the template's. */
  async put(rule: Rule): Promise<void> {
    if (!this.rules.has(rule.Name)) this.kept.add(rule.Name);
    this.enter(rule);
    if (this.kept.has(rule.Name)) await this.write();
  }

  async remove(name: string): Promise<void> {
    this.rules.delete(name);
    this.tests.delete(name);
    if (this.kept.delete(name)) await this.write();
  }

  private enter(rule: Rule): void {
    this.rules.set(rule.Name, rule);
    this.tests.delete(rule.Name);
    if (rule.EventPattern !== undefined) this.tests.set(rule.Name, compilePattern(rule.EventPattern));
  }

  /** One write after the other, each of what the rules are by then. */
  private write(): Promise<void> {
    const write = (): Promise<void> =>
      writeFileAtomically(
        this.file,
        JSON.stringify(
          this.list().filter(({ Name }) => this.kept.has(Name)),
          undefined,
          2,
        ),
      );
    this.writing = this.writing.then(write, write);
    return this.writing;
  }
}
