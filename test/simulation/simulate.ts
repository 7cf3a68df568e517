import { checkEnd } from './check-end.ts';
import type { Violation } from './checks.ts';
import { Functions } from './functions.ts';
import { Machines } from './machines.ts';
import { Sampler } from './sampler.ts';
import { Users } from './users.ts';
import { type TraceLine, World } from './world.ts';

/** Once the faults have ended each job must end within so long, in milliseconds, and its own work's time. */
const BOUND = 45 * 60_000;

/** How long what still runs when all jobs have ended may go on, in milliseconds. */
const TIDY_WITHIN = 20 * 60_000;

const SWEEP_EVERY = 60_000;
const TIDY_EVERY = 20_000;

export interface Outcome {
  readonly seed: number;
  readonly violation: Violation | undefined;
  /** Milliseconds that passed in the world. */
  readonly passed: number;
  readonly tasks: number;
  /** What the jobs ended as. */
  readonly statuses: readonly string[];
}

/** Lets the world of a seed run to its end, and holds it to the checks. */
export async function simulate(seed: number, trace?: TraceLine): Promise<Outcome> {
  const world = new World(seed, trace);
  const machines = new Machines(world);
  const functions = new Functions(world, machines);
  machines.functions = functions;
  const users = new Users(world, functions);
  users.begin();
  new Sampler(world).begin();
  repeat(world, SWEEP_EVERY, () => functions.sweep());
  const { foulFor } = world.scenario;
  world.time.after(foulFor, () => {
    world.log('the faults end');
    world.weather.clear();
    repeat(world, TIDY_EVERY, () => void users.tidyUp());
  });
  const deadline = foulFor + BOUND + workOf(world);
  const ended = (): boolean => world.passed > foulFor && world.allEnded;
  await world.time.run(() => world.watch.violation !== undefined || ended() || world.passed > deadline);
  if (!ended()) world.watch.violated('every-job-ends', `after ${deadline} ms: ${statesOf(world)}`);
  await tidied(world, machines);
  if (world.watch.violation === undefined) checkEnd(world, users);
  return {
    seed,
    violation: world.watch.violation,
    passed: world.passed,
    tasks: [...world.objects.values()].reduce((sum, { carried }) => sum + carried.length, 0),
    statuses: [...world.stores.jobs.states.values()].map(({ status }) => status),
  };
}

function repeat(world: World, every: number, work: () => void): void {
  world.time.after(every, () => {
    work();
    repeat(world, every, work);
  });
}

async function tidied(world: World, machines: Machines): Promise<void> {
  const running = (): string[] => [
    ...[...machines.executions].filter(([, { running }]) => running).map(([name]) => name),
    ...[...world.alive].filter(({ name }) => name !== 'sweeper' && name !== 'scheduler').map(({ id }) => id),
    ...world.stores.jobs.open,
  ];
  const deadline = world.passed + TIDY_WITHIN;
  await world.time.run(() => world.watch.violation !== undefined || running().length === 0 || world.passed > deadline);
  if (running().length > 0) world.watch.violated('all-is-tidied', `still there: ${running().join(', ')}`);
}

/** Milliseconds that all tasks of the world take at most, one after another, some of them three times. */
function workOf(world: World): number {
  const most = Math.max(...world.scenario.jobs.map(({ taskMilliseconds }) => taskMilliseconds[1]));
  const keys = Math.max(...world.scenario.jobs.map((job) => job.keys.length));
  return world.scenario.jobs.reduce((sum, { request }) => {
    const rate = request.Drover?.RateLimit?.TasksPerSecond ?? 2;
    return sum + 3 * keys * (most + 1_000 / rate + 1_000);
  }, 0);
}

function statesOf(world: World): string {
  return [...world.stores.jobs.states.values()].map((state) => JSON.stringify(state)).join(' ');
}
