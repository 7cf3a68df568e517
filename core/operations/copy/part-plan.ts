const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** S3's bounds, and how this implementation keeps within them. All sizes in bytes. */
export interface CopyLimits {
  /** What one CopyObject copies at most. */
  readonly largestSingleCopy: number;
  /** Of a part, unless the object would have too many of them. */
  readonly usualPart: number;
  readonly largestPart: number;
  readonly mostParts: number;
  /** Parts of one object in flight: the bucket's own limit still rules. */
  readonly parallelParts: number;
}

/**
 * Sources: S3 User Guide, "Amazon S3 multipart upload limits" and "Copying objects": 5 GiB a copy or part, 10,000 parts,
 * and so 48.8 TiB (50 TB), the largest object that S3 has. Parts of 256 MiB take S3 seconds, and objects up to 2.4 TiB
 * are made of such.
 */
export const S3_COPY_LIMITS: CopyLimits = {
  largestSingleCopy: 5 * GIB,
  usualPart: 256 * MIB,
  largestPart: 5 * GIB,
  mostParts: 10_000,
  parallelParts: 8,
};

/** How an object is cut. */
export interface PartPlan {
  readonly size: number;
  /** Bytes of every part but the last. */
  readonly partSize: number;
  readonly count: number;
}

/** undefined for an object that is too large. */
export function planParts(size: number, limits: CopyLimits): PartPlan | undefined {
  const needed = Math.ceil(size / limits.mostParts);
  // Whole mebibytes read better in a list of parts, and the last one is smaller then.
  const rounded = needed > MIB ? Math.ceil(needed / MIB) * MIB : needed;
  const partSize = Math.min(limits.largestPart, Math.max(limits.usualPart, rounded));
  const count = Math.max(1, Math.ceil(size / partSize));
  return count > limits.mostParts ? undefined : { size, partSize, count };
}

/** The bytes of a part, counted from 1: first and last, both inclusive. */
export function rangeOf(
  { size, partSize }: PartPlan,
  number: number,
): { readonly first: number; readonly last: number } {
  const first = (number - 1) * partSize;
  return { first, last: Math.min(size, first + partSize) - 1 };
}
