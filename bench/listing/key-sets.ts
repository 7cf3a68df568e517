/** Keys of the buckets that are listed, by the nth object. All sort as they are numbered or are sorted once. */
export const KEY_SETS = {
  'flat, numbered': (n: number) => `object-${String(n).padStart(9, '0')}.jpg`,
  'flat, random': (n: number) => `${((n * 2_654_435_761) >>> 0).toString(16).padStart(8, '0')}-${n}.json`,
  deep: (n: number) =>
    `data/year=2026/month=${1 + (n % 12)}/day=${1 + (n % 28)}/hour=${n % 24}/host-${n % 40}/part-${n}.gz`,
  skewed: (n: number) => (n % 50 === 0 ? `tenant-${n}/only.txt` : `tenant-7/logs/${String(n).padStart(9, '0')}.log`),
  'outside ASCII': (n: number) => `фото/${'日本語'[n % 3] ?? ''}/снимок-${n}-😀.jpg`,
} as const;

export type KeySet = keyof typeof KEY_SETS;

export const KEY_SET_NAMES = Object.keys(KEY_SETS) as KeySet[];
