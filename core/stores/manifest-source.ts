/**
 * The manifest's object, read with the job's role. Every read carries If-Match with the ETag that the job was given, and
 * the version if one was. Throws ManifestError where the object cannot be read as the job describes it (gone, changed,
 * forbidden), JobTrouble where the role cannot be used, and what else may pass by itself.
 */
export interface ManifestSource {
  /** Bytes in the object. */
  size(): Promise<number>;
  /** Bytes `start` (inclusive) to `end` (exclusive, or the object's end); a reader may stop early. */
  read(start: number, end: number): AsyncIterable<Buffer>;
}

/** Opens the manifest of a job. */
export type OpenManifest = (jobId: string) => Promise<ManifestSource>;
