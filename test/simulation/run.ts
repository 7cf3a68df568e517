import { parseArgs } from 'node:util';
import { buildSimulation } from './build.ts';
import { runWorlds } from './child.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { runMutant } from './mutation.ts';
import { MUTANT_HEADER, showFailure, showMutant, showTally } from './show.ts';

const HELP = `Runs Drover's engine in simulated worlds: virtual time, faults between any two side effects, all from a seed.

  npm run simulate -- --seeds 10000           worlds of seeds 1 to 10000, checked against the design's invariants
  npm run simulate -- --seeds 500 --first 7   of seeds 7 to 506
  npm run simulate -- --seed 42               one world
  npm run simulate -- --seed 42 --trace       with each side effect, task and process, in order
  npm run simulate -- --mutants               breaks the engine on purpose: after how many seeds is each break seen?
  npm run simulate -- --mutants --seed 42 --only drop-the-seal [--trace]    one world of a broken engine
  npm run simulate -- --scale                 a job of a billion objects: makespan, cost, hottest item; also without arguments

See docs/simulation.md.
`;

const OPTIONS = {
  seeds: { type: 'string' },
  first: { type: 'string', default: '1' },
  seed: { type: 'string' },
  trace: { type: 'boolean', default: false },
  mutants: { type: 'boolean', default: false },
  only: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** An end for runs without one of their own, in seconds. */
const ENDLESS = 24 * 3_600;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes('--scale')) return await scale();
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help || (values.seeds === undefined && values.seed === undefined && !values.mutants)) {
    print(HELP);
    return values.help ? 0 : 2;
  }
  const one = values.seed;
  if (values.mutants && one === undefined) return await mutants(values.only, whole(values.seeds ?? '2000', 'seeds'));
  const order = {
    first: whole(one ?? values.first, one === undefined ? 'first' : 'seed'),
    seeds: one === undefined ? whole(values.seeds ?? '300', 'seeds') : 1,
    seconds: ENDLESS,
    trace: values.trace,
    untilCaught: false,
  };
  const broken = values.mutants ? mutantNamed(values.only) : undefined;
  const file = await buildSimulation(broken?.name ?? 'engine', broken?.patches);
  const tally = await runWorlds(file, order, print);
  for (const caught of tally.caught) print(showFailure(caught, flagsOf(broken)));
  print(showTally(tally));
  return tally.caught.length === 0 ? 0 : 1;
}

/** The model of scale is a program of its own, and reads its own options. */
async function scale(): Promise<number> {
  await import(new URL('./scale/run.ts', import.meta.url).href);
  return Number(process.exitCode ?? 0);
}

async function mutants(only: string | undefined, seeds: number): Promise<number> {
  const chosen = only === undefined ? MUTANTS : [mutantNamed(only)];
  let survived = 0;
  print(MUTANT_HEADER);
  for (const mutant of chosen) {
    const run = await runMutant(mutant, 1, seeds, ENDLESS);
    print(showMutant(run));
    if (run.caught === undefined) survived += 1;
  }
  return survived === 0 ? 0 : 1;
}

function mutantNamed(name: string | undefined): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  throw new Error(`--only ${name ?? ''}: give one of ${MUTANTS.map((mutant) => mutant.name).join(', ')}`);
}

function flagsOf(mutant: Mutant | undefined): string {
  return mutant === undefined ? '' : `--mutants --only ${mutant.name} `;
}

function whole(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} ${text}: give a whole number`);
  return value;
}
