/** Seconds with one decimal since a moment of `performance.now()`. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}

/** Prints what is about to be done, does it, and prints what came of it and how long it took. */
export async function step<T>(title: string, work: () => Promise<T>, tell?: (result: T) => string): Promise<T> {
  const start = performance.now();
  process.stdout.write(`\n▸ ${title}\n`);
  const result = await work();
  process.stdout.write(`  ${tell === undefined ? 'Done' : tell(result)} (${secondsSince(start)})\n`);
  return result;
}

/** A line under a step. */
export function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}
