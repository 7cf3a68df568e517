import { CHECKS, type CheckName } from './checks.ts';
import { type Outcome, simulate } from './simulate.ts';

/** What the bundle's process is asked, and how it answers: lines of JSON. */
export interface Order {
  readonly first: number;
  readonly seeds: number;
  /** Ends after so many seconds of real time, whatever is left. */
  readonly seconds: number;
  readonly trace: boolean;
  /** Ends at the first seed that fails. */
  readonly untilCaught: boolean;
}

export interface Caught {
  readonly seed: number;
  readonly check: CheckName;
  readonly of: string;
  readonly says: string;
  readonly at: number;
  readonly what: string;
}

export interface Tally {
  readonly seeds: number;
  readonly seconds: number;
  readonly tasks: number;
  /** Hours of virtual time. */
  readonly hours: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly caught: readonly Caught[];
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const began = process.hrtime.bigint();
const seconds = (): number => Number(process.hrtime.bigint() - began) / 1e9;
const trace = order.trace
  ? (milliseconds: number, by: string, what: string): void =>
      void process.stdout.write(`${(milliseconds / 1_000).toFixed(3).padStart(9)}  ${by.padEnd(18)} ${what}\n`)
  : undefined;
const caught: Caught[] = [];
const statuses: Record<string, number> = {};
let [tasks, hours, seeds] = [0, 0, 0];
for (let seed = order.first; seed < order.first + order.seeds && seconds() < order.seconds; seed += 1) {
  const outcome = await simulate(seed, trace);
  seeds += 1;
  tasks += outcome.tasks;
  hours += outcome.passed / 3_600_000;
  for (const status of outcome.statuses) statuses[status] = (statuses[status] ?? 0) + 1;
  const found = caughtIn(outcome);
  if (found === undefined) continue;
  caught.push(found);
  if (order.untilCaught) break;
}
process.stdout.write(
  `${JSON.stringify({ seeds, seconds: seconds(), tasks, hours, statuses, caught } satisfies Tally)}\n`,
);

function caughtIn({ seed, violation }: Outcome): Caught | undefined {
  if (violation === undefined) return undefined;
  const { check, at, message } = violation;
  return { seed, check, ...CHECKS[check], at, what: message };
}
