import { benchCost } from './cost.ts';
import { benchCutter } from './cutter.ts';
import { benchEndToEnd } from './end-to-end.ts';
import { benchGrowth } from './growth.ts';
import { benchListing } from './listing.ts';
import { benchLooks } from './looks.ts';
import { benchPrepare } from './prepare.ts';
import { benchWorker } from './worker.ts';

/** Each prints what it measured, and answers what was demanded and is not met; most demand nothing. */
const BENCHES: Readonly<Record<string, (size?: number) => Promise<readonly string[] | undefined>>> = {
  worker: benchWorker,
  growth: benchGrowth,
  'end-to-end': benchEndToEnd,
  cost: benchCost,
  cutter: benchCutter,
  prepare: benchPrepare,
  listing: benchListing,
  looks: benchLooks,
};

/** `npm run bench` runs all; `npm run bench -- prepare 100000` one, at a size of its own. */
const [name, size] = process.argv.slice(2);
const chosen = name === undefined ? Object.values(BENCHES) : [BENCHES[name]];
const missed: string[] = [];
for (const bench of chosen) {
  if (bench === undefined) {
    console.error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
    process.exit(2);
  }
  missed.push(...((await bench(size === undefined ? undefined : Number(size))) ?? []));
}
for (const demand of missed) console.error(`NOT MET: ${demand}`);
// Keep-alive sockets of the clients would hold the process for a while.
process.exit(missed.length === 0 ? 0 : 1);
