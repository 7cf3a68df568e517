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
