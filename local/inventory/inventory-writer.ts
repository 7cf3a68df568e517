/** A report that is to be written: an inventory configuration of the local S3, at a time. */
export interface InventoryOrder {
  readonly sourceBucket: string;
  readonly id: string;
  readonly destinationBucket: string;
  /** Empty for none. */
  readonly destinationPrefix: string;
  readonly format: 'CSV' | 'Parquet';
  readonly versions: 'Current' | 'All';
  readonly optionalFields: readonly string[];
  /** Only keys that begin with this; empty for all. */
  readonly prefix: string;
  /** Of the ARNs: `aws`, `aws-cn`. */
  readonly partition: string;
  /** Undefined: as the destination does it by default. */
  readonly encryption: { readonly algorithm: 'AES256' | 'aws:kms'; readonly keyId?: string } | undefined;
  /** The report is named after it: a whole minute, in milliseconds since 1970. */
  readonly time: number;
}

/** A report that is there. */
export interface InventoryReport {
  readonly manifestKey: string;
  /** Undefined: there was one of that minute already, which was let alone. */
  readonly written:
    | { readonly rows: number; readonly files: number; readonly bytes: number; readonly manifestETag: string }
    | undefined;
}

/**
 * Writes inventory reports for the local cloud, as a client of its S3. Whoever starts the cloud gives it one, because
 * how a report is made is no part of the cloud.
 */
export interface InventoryWriter {
  /** The optional fields that it can write. */
  readonly optionalFields: readonly string[];
  /**
   * Writes a report whole, its manifest.checksum last. One of that name is completed where it is not announced yet, and
   * is otherwise let alone. Rejects with a message for people when it cannot be written.
   *
   * @param s3 where the local S3 is.
   */
  write(
    order: InventoryOrder,
    s3: { readonly endpoint: string; readonly region: string },
    options: { readonly signal: AbortSignal; readonly onProgress?: (rows: number) => void },
  ): Promise<InventoryReport>;
}
