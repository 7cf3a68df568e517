/** A manifest that cannot be used: the job fails in Preparing with this code (≤ 64 characters) and reason (≤ 256). */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  constructor(
    readonly code: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** S3's code for a manifest whose lines are not what its Spec says (User Guide, troubleshooting-batch-operations). */
export const INVALID_MANIFEST_CONTENT = 'InvalidManifestContent';

/** The failure of a manifest whose content is not what it should be. */
export function invalidManifest(reason: string, options?: ErrorOptions): ManifestError {
  return new ManifestError(INVALID_MANIFEST_CONTENT, reason, options);
}
