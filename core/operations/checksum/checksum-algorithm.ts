import type { z } from 'zod';
import type { PARAMETERS } from '../schema.ts';

type Parameters = z.infer<(typeof PARAMETERS)['S3ComputeObjectChecksum']>;

export type ChecksumAlgorithm = NonNullable<Parameters['ChecksumAlgorithm']>;
export type ChecksumType = NonNullable<Parameters['ChecksumType']>;

/** Which checksum of each object is asked for. */
export interface WantedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
}

/**
 * S3 does not say what a request that leaves them out asks for. CRC64NVME is its default everywhere else (User Guide,
 * "Checking object integrity"), and only a full object's checksum is to be had for every algorithm.
 */
export function wantedChecksum({ ChecksumAlgorithm, ChecksumType }: Parameters): WantedChecksum {
  return { algorithm: ChecksumAlgorithm ?? 'CRC64NVME', type: ChecksumType ?? 'FULL_OBJECT' };
}
