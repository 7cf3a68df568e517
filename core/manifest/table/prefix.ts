/** The prefix that a manifest's key stands for, if it is one: `exports/2026/` or `exports/2026/*`. */
export function prefixOf(key: string): string | undefined {
  if (key === '*') return '';
  if (key.endsWith('/*')) return key.slice(0, -1);
  return key.endsWith('/') ? key : undefined;
}
