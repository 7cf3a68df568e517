/**
 * An object that a manifest is made of, read with the job's role. Every read is pinned: to the ETag that the job was
 * given, or to the one that was met first. Throws ManifestError where the object cannot be read as the job describes it
 * (gone, changed, forbidden), JobTrouble where the role cannot be used, and what else may pass by itself.
 */
export interface ManifestSource {
  /** Bytes in the object. */
  size(): Promise<number>;
  /** Bytes `start` (inclusive) to `end` (exclusive, or the object's end); a reader may stop early. */
  read(start: number, end: number): AsyncIterable<Buffer>;
}

/** The objects that a manifest may be made of. */
export interface ManifestFiles {
  /** The object that the request names. */
  readonly manifest: ManifestSource & { readonly bucket: string; readonly key: string };
  /** Another one, that the manifest names. */
  open(bucket: string, key: string): ManifestSource;
}

/** Opens the manifest of a job. */
export type OpenManifest = (jobId: string) => Promise<ManifestFiles>;
