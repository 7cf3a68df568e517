import { spawn } from 'node:child_process';
import type { Order, Tally } from './engine.ts';

/**
 * Runs worlds in a process of their own: a bundle made by `buildSimulation`, with what it writes before its tally passed
 * on line by line.
 */
export async function runWorlds(
  file: string,
  order: Order,
  passOn: (line: string) => void = () => undefined,
): Promise<Tally> {
  const child = spawn(process.execPath, ['--enable-source-maps', file, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000);
  });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    // The last line is the tally: each is held back until the next has come.
    for (const line of [held, ...lines.slice(0, -1)]) if (line !== undefined && lines.length > 0) passOn(line);
    held = lines.at(-1) ?? held;
  });
  let held: string | undefined;
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0 || held === undefined) throw new Error(`the simulation ended with code ${code}: ${complaint}`);
  return JSON.parse(held) as Tally;
}
