import { changedObjects, fuzzCases, randomOf, readOrRefuse } from './manifests.ts';

/**
 * `npm run fuzz -- manifests [--runs 100000] [--seed n]`: changed manifests are refused or read, never anything else.
 * A failure names the seed that has it again.
 */
const [what = '', ...flags] = process.argv.slice(2);
const flag = (name: string, otherwise: number): number => {
  const at = flags.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(flags[at + 1]);
};
if (what !== 'manifests') {
  process.stderr.write('usage: npm run fuzz -- manifests [--runs 100000] [--seed n]\n');
  process.exit(2);
}
const runs = flag('runs', 100_000);
const first = flag('seed', Date.now() % 1_000_000_000);
const cases = await fuzzCases();
let read = 0;
for (let run = 0; run < runs; run += 1) {
  const seed = first + run;
  const random = randomOf(seed);
  const each = cases[random(cases.length)];
  if (each === undefined) throw new Error('there are no cases');
  try {
    const given = await readOrRefuse(each, changedObjects(each, random));
    if (given >= 0) read += 1;
  } catch (error) {
    process.stderr.write(
      `${each.name}, --seed ${seed} --runs 1: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = 1;
  }
  if (run % 5_000 === 4_999) process.stdout.write(`${run + 1} of ${runs}, ${read} read, the rest refused\n`);
}
process.stdout.write(`${runs} changed manifests from seed ${first}: ${read} read, ${runs - read} refused or failed\n`);
