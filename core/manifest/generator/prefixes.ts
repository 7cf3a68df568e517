/** Prefixes that together have every key that begins with one of these, each once; the empty one where there are none. */
export function prefixesOf(prefixes: readonly string[] | undefined): string[] {
  if (prefixes === undefined || prefixes.length === 0) return [''];
  const all = [...new Set(prefixes)];
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)));
}
