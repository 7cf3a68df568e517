/** What is known of an object without reading it. */
export interface ObjectHead {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  readonly versionId?: string;
}

/** What a listing found. */
export interface Listing {
  readonly objects: readonly ObjectHead[];
  /** With the slash that ends each: `a/b/`. */
  readonly folders: readonly string[];
  /** There is more behind it. */
  readonly truncated: boolean;
}

/** The buckets that a trigger watches, seen with the role of its job. */
export interface TriggerObjects {
  /** Whether the bucket sends its events to EventBridge; undefined where the role may not know. */
  sendsEvents(bucket: string): Promise<boolean | undefined>;
  /** Undefined where there is no such object. */
  head(bucket: string, key: string, versionId?: string): Promise<ObjectHead | undefined>;
  /** The text of the object while it has the ETag; undefined where it has not, or is gone. At most 64 MB. */
  read(bucket: string, key: string, etag: string): Promise<string | undefined>;
  /** What begins with the prefix, as one level of folders or all of it; at most so many pages of a thousand. */
  list(
    bucket: string,
    prefix: string,
    options: { readonly folders: boolean; readonly pages: number },
  ): Promise<Listing>;
}
