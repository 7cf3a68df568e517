let last = 0;

/** Rises within the process; thousandths of a millisecond since 1970, or later when many are asked for at once. */
export function nextSequence(): number {
  last = Math.max(last + 1, Date.now() * 1000);
  return last;
}
