import { benchPrepare } from './prepare.ts';
import { benchTagJob } from './tag-job.ts';

const BENCHES: Readonly<Record<string, (size?: number) => Promise<void>>> = {
  'tag-job': benchTagJob,
  prepare: benchPrepare,
};

/** `npm run bench` runs all; `npm run bench -- prepare 100000` one, at a size of its own. */
const [name, size] = process.argv.slice(2);
const chosen = name === undefined ? Object.values(BENCHES) : [BENCHES[name]];
for (const bench of chosen) {
  if (bench === undefined) {
    console.error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
    process.exit(2);
  }
  await bench(size === undefined ? undefined : Number(size));
}
// Keep-alive sockets of the clients would hold the process for a while.
process.exit(0);
