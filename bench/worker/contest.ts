import { printRows } from '../table.ts';
import { nameOf, type RoundResult, type Scenario } from './scenario.ts';

export type ContenderName = 'drover' | 'bare' | 'sdk' | 'boto3';

/** One round of one contender. */
export interface Run extends RoundResult {
  /** Cores that the stub was busy with: 1 is one whole core. */
  readonly stubCpu: number;
}

/** A scenario and its rounds. */
export interface Contest {
  readonly scenario: Scenario;
  readonly runs: ReadonlyMap<ContenderName, readonly Run[]>;
}

/** What the rounds of one contender come to: the medians. */
export interface Standing {
  readonly tasksPerSecond: number;
  readonly cpuMilliseconds: number;
  readonly requestsPerTask: number;
  readonly stubCpu: number;
  /** The stub was too busy for the contender to be what was measured. */
  readonly isVoid: boolean;
}

/** Cores of the stub beyond which a round says more about the stub. */
const MOST_STUB_CPU = 0.85;

/** Demanded: so many times the tasks a second of the AWS SDK, and this share of what undici does with no signing at all. */
const LEAST_OF_SDK = 5;
const LEAST_OF_BARE = 0.5;

export function standing(runs: readonly Run[]): Standing {
  const median = (of: (run: Run) => number): number => {
    const values = runs.map(of).sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)] ?? Number.NaN;
  };
  const stubCpu = median((run) => run.stubCpu);
  return {
    tasksPerSecond: median((run) => run.tasks / run.seconds),
    cpuMilliseconds: median((run) => (run.cpuSeconds * 1_000) / run.tasks),
    requestsPerTask: median((run) => run.requests / run.tasks),
    stubCpu,
    isVoid: stubCpu > MOST_STUB_CPU,
  };
}

/** What of the demands a contest does not meet, a sentence each. */
export function judge({ scenario, runs }: Contest): readonly string[] {
  const standings = new Map([...runs].map(([name, all]) => [name, standing(all)]));
  const drover = standings.get('drover');
  const missed = [...standings]
    .filter(([, { isVoid }]) => isVoid)
    .map(([name, { stubCpu }]) => `${nameOf(scenario)}: ${name} is void, the stub took ${percent(stubCpu)} of a core`);
  const demand = (name: ContenderName, least: number): void => {
    const other = standings.get(name);
    if (drover === undefined || other === undefined) return;
    const ratio = drover.tasksPerSecond / other.tasksPerSecond;
    if (ratio < least) missed.push(`${nameOf(scenario)}: ${ratio.toFixed(2)} × ${name}, should be at least ${least}`);
  };
  // A request for a thousand tasks costs nobody anything a task; what is left is lines of manifest and report, which the
  // worker alone reads and writes, and bare undici sends one prepared body again and again.
  if (scenario.kind === 'delete-batched') return missed;
  demand('sdk', LEAST_OF_SDK);
  demand('bare', LEAST_OF_BARE);
  return missed;
}

export function printContests(contests: readonly Contest[]): void {
  const rows = contests.flatMap(({ scenario, runs }) => {
    const drover = standing(runs.get('drover') ?? []);
    return [...runs].map(([name, all]) => {
      const own = standing(all);
      return {
        scenario: nameOf(scenario),
        contender: name,
        'tasks/s': Math.round(own.tasksPerSecond),
        'CPU ms/task': round(own.cpuMilliseconds, 4),
        'requests/task': round(own.requestsPerTask, 3),
        'drover ×': round(drover.tasksPerSecond / own.tasksPerSecond, 2),
        'CPU ×': round(own.cpuMilliseconds / drover.cpuMilliseconds, 2),
        stub: `${percent(own.stubCpu)}${own.isVoid ? ' VOID' : ''}`,
      };
    });
  });
  printRows('The worker against a stub of S3', rows);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
