import type { CommandError } from '../errors.ts';
import type { Output } from '../io.ts';
import type { Message } from './message.ts';

/** Where messages are printed, in the form that was asked for. */
export class Printer {
  constructor(
    private readonly stdout: Output,
    private readonly stderr: Output,
    /** True: one JSON document a line. */
    readonly json: boolean,
  ) {}

  async print(message: Message): Promise<void> {
    const line = this.lineOf(message);
    if (line !== undefined) await this.stdout.write(`${line}\n`);
  }

  async printAll(messages: Iterable<Message>): Promise<void> {
    for (const message of messages) await this.print(message);
  }

  /** Errors go to standard error in either form; a program finds them there as `{"Error": {"Code", "Message"}}`. */
  async printError(error: CommandError): Promise<void> {
    const json = { Error: { Code: error.code, Message: error.message } };
    await this.stderr.write(`${this.json ? JSON.stringify(json) : `drover: ${error.message}`}\n`);
  }

  /** The form a message takes here; undefined where it has none. */
  lineOf(message: Message): string | undefined {
    if (!this.json) return message.text;
    return message.json === undefined ? undefined : JSON.stringify(message.json);
  }
}
