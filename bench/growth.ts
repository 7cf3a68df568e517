import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvManifest } from './growth/csv-manifest.ts';
import { exponent } from './growth/fit.ts';
import { type GrowthAnswer, type GrowthQuestion, MANIFEST_FILE } from './growth/question.ts';
import { bundlePrograms } from './support/bundle.ts';
import { Child } from './support/child.ts';
import { printRows } from './table.ts';

const SMALLEST = 10_000;

/** Time may grow so much faster than the tasks (as an exponent), and memory so much over the last factor of ten. */
const MOST_EXPONENT = 1.1;
const MOST_MEMORY_GROWTH = 1.5;

interface Measured extends GrowthAnswer {
  readonly tasks: number;
}

/**
 * Time and peak memory of preparing and reporting jobs of ever more tasks. The tasks are stubbed, the engine is real:
 * its turns and items, one after the other in a process for each size; manifest, work bucket and report are files, the
 * tables are in memory.
 * @param largest tasks of the largest job, a power of ten.
 * @returns what was demanded and not met.
 */
export async function benchGrowth(largest = 10_000_000): Promise<readonly string[]> {
  const folder = await bundlePrograms({ program: 'growth/program.ts' });
  try {
    const all: Measured[] = [];
    for (let tasks = SMALLEST; tasks <= largest; tasks *= 10) all.push(await measure(folder, tasks));
    print(all);
    return judge(all);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(programs: string, tasks: number): Promise<Measured> {
  const folder = join(programs, String(tasks));
  await mkdir(folder);
  await pipeline(Readable.from(csvManifest(tasks)), createWriteStream(join(folder, MANIFEST_FILE)));
  const child = new Child('the growth bench', process.execPath, [join(programs, 'program.mjs')]);
  try {
    const question: GrowthQuestion = { folder, tasks };
    return { tasks, ...(await child.ask<GrowthAnswer>(question)) };
  } finally {
    await child.end();
    await rm(folder, { recursive: true, force: true });
  }
}

function print(all: readonly Measured[]): void {
  const micro = (seconds: number, tasks: number): number => Number(((seconds * 1e6) / tasks).toFixed(2));
  printRows(
    'Growth: the engine with stubbed tasks, one process',
    all.map(({ tasks, seconds, cpuSeconds, peakPrepared, peakReported }) => ({
      tasks,
      'prepare s': Number(seconds.prepare.toFixed(2)),
      'µs/task': micro(seconds.prepare, tasks),
      'run s': Number(seconds.run.toFixed(2)),
      'run µs/task': micro(seconds.run, tasks),
      'report s': Number(seconds.report.toFixed(2)),
      'report µs/task': micro(seconds.report, tasks),
      'CPU s': Number(cpuSeconds.toFixed(1)),
      'peak MiB prepared': peakPrepared,
      'peak MiB in all': peakReported,
    })),
  );
  for (const [stage, value] of exponents(all)) console.log(`  ${stage} grows with tasks^${value.toFixed(2)}`);
}

/** Of sizes where starting up weighs little. */
function exponents(all: readonly Measured[]): [string, number][] {
  const large = all.filter(({ tasks }) => tasks > SMALLEST);
  if (large.length < 2) return [];
  const of = (value: (measured: Measured) => number): number =>
    exponent(large.map((measured) => ({ size: measured.tasks, value: value(measured) })));
  return [
    ['prepare', of(({ seconds }) => seconds.prepare)],
    ['report', of(({ seconds }) => seconds.report)],
  ];
}

function judge(all: readonly Measured[]): string[] {
  const missed = exponents(all)
    .filter(([, value]) => value > MOST_EXPONENT)
    .map(([stage, value]) => `growth: ${stage} takes tasks^${value.toFixed(2)}, at most ${MOST_EXPONENT} is straight`);
  const [before, last] = all.slice(-2);
  const growth = (last?.peakReported ?? 0) / (before?.peakReported ?? Number.NaN);
  if (growth > MOST_MEMORY_GROWTH)
    missed.push(`growth: ten times the tasks took ${growth.toFixed(2)} times the memory`);
  return missed;
}
