import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Outcome } from './outcome.ts';
import { blocksIn, SCALE_PAGE } from './page.ts';
import { LARGE_SCENARIOS, type Scenario, SMALL_SCENARIOS } from './scenario.ts';
import { simulateScale } from './simulate-scale.ts';
import { tablesOf } from './table.ts';

/**
 * Prints what becomes of a billion objects (minutes of computing for each scenario), or of ten million with `--small`;
 * `--write` puts the tables into docs/scale.md; `--only TEXT` takes the scenarios whose name has the text.
 */
const { values } = parseArgs({
  options: {
    scale: { type: 'boolean', default: true },
    small: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

const chosen = (values.small ? SMALL_SCENARIOS : LARGE_SCENARIOS).filter(({ name }) => name.includes(values.only));
if (chosen.length === 0) throw new Error(`no scenario has ${values.only} in its name`);
const outcomes: Outcome[] = [];
for (const scenario of chosen) outcomes.push(await withProgress(scenario));
const tables = tablesOf(outcomes);
process.stdout.write(`${tables}\n`);
if (values.write) {
  const page = await readFile(SCALE_PAGE, 'utf8');
  await writeFile(SCALE_PAGE, blocksIn(page, { [values.small ? 'small' : 'large']: tables }));
}

async function withProgress(scenario: Scenario): Promise<Outcome> {
  let shown = -1;
  const show = (part: number): void => {
    const percent = Math.floor(part * 100);
    if (percent === shown || !process.stderr.isTTY) return;
    shown = percent;
    const bar = '#'.repeat(Math.floor(percent / 4)).padEnd(25, '.');
    process.stderr.write(`\r${bar} ${String(percent).padStart(3)} %  ${scenario.name}`);
  };
  const outcome = await simulateScale(scenario, show);
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  return outcome;
}
