import { createInterface } from 'node:readline';

/** The other side of a Child: answers each line, one after the other, until the standard input ends. */
export async function answerLines<Question>(answer: (question: Question) => unknown): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    say(await answer(JSON.parse(line) as Question));
  }
  process.exit(0);
}

export function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Seconds of CPU, user and system, that this process has used. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
