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
  /** The ETag that reads are pinned to, in its quotes; undefined while no object was met. */
  etag(): string | undefined;
}

/** An object that was found by its prefix. */
export interface FoundObject {
  readonly key: string;
  readonly size: number;
  /** In its quotes. */
  readonly etag: string;
}

/** The objects that a manifest may be made of. */
export interface ManifestFiles {
  /** The object that the request names. */
  readonly manifest: ManifestSource & { readonly bucket: string; readonly key: string };
  /** Another one, that the manifest names; with the ETag that it had when it was met first. */
  open(bucket: string, key: string, etag?: string): ManifestSource;
  /** The objects whose keys begin with this, in the order of their keys. */
  list(bucket: string, prefix: string): AsyncIterable<FoundObject>;
}

/** Opens the manifest of a job. */
export type OpenManifest = (jobId: string) => Promise<ManifestFiles>;
