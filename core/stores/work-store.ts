/** Metadata of a work object: short ASCII strings (S3 user metadata). */
export type WorkMetadata = Readonly<Record<string, string>>;

/** The work bucket, as the engine sees it. Keys are whole: `jobs/<id>/…`. */
export interface WorkStore {
  /** The object's bytes and metadata; undefined if there is none. */
  get(key: string): Promise<{ readonly body: Buffer; readonly metadata: WorkMetadata } | undefined>;
  head(key: string): Promise<{ readonly size: number; readonly metadata: WorkMetadata } | undefined>;
  put(key: string, body: Buffer | string, metadata?: WorkMetadata): Promise<void>;
  /** If-None-Match: *. `exists` also when the one that exists is this writer's own, put by a request that was repeated. */
  putIfAbsent(key: string, body: Buffer | string, metadata?: WorkMetadata): Promise<'written' | 'exists'>;
  deletePrefix(prefix: string): Promise<void>;
}
