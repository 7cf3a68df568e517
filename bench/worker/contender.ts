import { answerLines, cpuSeconds } from '../support/answering.ts';
import type { Round, RoundResult, Scenario, StubOrigins } from './scenario.ts';

/** Does tasks of a scenario until the time has come; answers how many, and the requests they took. */
export type Contend = (
  scenario: Scenario,
  origin: string,
  until: number,
  objects: number,
) => Promise<{ readonly tasks: number; readonly requests: number }>;

/** A contender's process: carries out each round that it is asked for, and says what that took. */
export async function contend(carryOut: Contend): Promise<void> {
  const origins = JSON.parse(process.argv[2] ?? '{}') as StubOrigins;
  await answerLines(async ({ scenario, seconds, objects = Number.POSITIVE_INFINITY }: Round): Promise<RoundResult> => {
    const origin = scenario.tls ? origins.https : origins.http;
    if (origin === undefined) throw new Error('the stub has no TLS');
    const began = performance.now();
    const cpu = cpuSeconds();
    const done = await carryOut(scenario, origin, began + seconds * 1_000, objects);
    return { ...done, seconds: (performance.now() - began) / 1_000, cpuSeconds: cpuSeconds() - cpu };
  });
}

/** So many loops of one request after the other; `send` is told the number of each. Answers how many there were. */
export async function inParallel(
  concurrency: number,
  until: number,
  send: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() < until) await send(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return next;
}
