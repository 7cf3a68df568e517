import type { ChecksumAlgorithm } from '../checksums/checksum.ts';

/** Where the bytes of an object or part are. A body never changes; a copy of it gets an id of its own. */
export interface BodyReference {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** `index`: a value of the index. `file`: a file of that id. `parts`: a list of other bodies, kept in the index. */
  readonly at: 'index' | 'file' | 'parts';
  /** Of a file: where in it the body begins; undefined: at its start. */
  readonly offset?: number;
  /** Of a file: the id under which its bytes were written, which links to it keep; undefined: the body's own. */
  readonly origin?: string;
}

/** A checksum that the client sent or asked for, as S3 gives it back. */
export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; of a composite checksum followed by `-<number of parts>`. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export type Tag = readonly [key: string, value: string];

/** How long a version is kept from being deleted. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What Object Lock says of one version. */
export interface ObjectLock {
  readonly retention?: Retention;
  /** Undefined: never set, which S3 tells from `OFF`. */
  readonly legalHold?: 'ON' | 'OFF';
}

export type Permission = 'FULL_CONTROL' | 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP';

/** Who is granted something: a user by canonical id, or a group by URI. */
export type Grantee =
  | { readonly id: string; readonly uri?: undefined }
  | { readonly uri: string; readonly id?: undefined };

export interface Grant {
  readonly grantee: Grantee;
  readonly permission: Permission;
}

/** Encryption at rest with a key of KMS, in one layer or two. It is told, not done: bodies lie as they came. */
export interface KmsEncryption {
  readonly algorithm: 'aws:kms' | 'aws:kms:dsse';
  readonly keyArn: string;
  readonly bucketKey?: boolean;
}

/** SSE-S3 needs no more than its name. */
export type Encryption = 'AES256' | KmsEncryption;

/** What a bucket gives new objects whose request does not say. */
export interface BucketEncryption {
  readonly algorithm: 'AES256' | KmsEncryption['algorithm'];
  /** Key id, alias or ARN as it was put; undefined: the key that AWS manages. */
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

/** What is known of an object besides its bytes, from the request that made it. */
export interface ObjectAttributes {
  /** Content-Type, Cache-Control and their like, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, names in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly storageClass: string;
  readonly lock?: ObjectLock;
  readonly encryption: Encryption;
  /** Where a website sends those who ask for the object. */
  readonly websiteRedirect?: string;
  /** Undefined: the private ACL, full control for the owner and nobody else. */
  readonly acl?: readonly Grant[];
}

export type RestoreTier = 'Expedited' | 'Standard' | 'Bulk';

/** A restore that was asked for; whether it runs, is done or has expired is a matter of the time. */
export interface RestoreRecord {
  readonly tier: RestoreTier;
  readonly days: number;
  /** When it was asked for, or its tier last raised, in milliseconds since 1970. */
  readonly requested: number;
  /** When its days were last counted anew, in milliseconds since 1970. */
  readonly renewed?: number;
}

/** One version of an object, or a delete marker. */
export interface ObjectRecord {
  /** `null` for a version written while versioning was off or suspended. */
  readonly versionId: string;
  /** Rises with every version of a key; in units of a thousandth of a millisecond since 1970 or more. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Undefined for a delete marker. */
  readonly content?: ObjectContent;
}

export interface ObjectContent extends ObjectAttributes {
  /** Without quotes. */
  readonly etag: string;
  readonly body: BodyReference;
  readonly checksum?: StoredChecksum;
  /** Set once the restore of an archived object was asked for. */
  readonly restore?: RestoreRecord;
  /** Set for objects made by multipart upload. */
  readonly partCount?: number;
  /** The upload it was made by, for the case that its completion is asked for again. */
  readonly uploadId?: string;
}

/** What new objects of a bucket get if their request names no retention; of days and years one is set. */
export interface DefaultRetention {
  readonly mode: Retention['mode'];
  readonly days?: number;
  readonly years?: number;
}

export type Versioning = 'Enabled' | 'Suspended';

/** Source: ObjectOwnership, Amazon S3 API Reference. */
export type ObjectOwnership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

/**
 * An inventory configuration of a bucket, as far as such reports are written here. Source: InventoryConfiguration,
 * Amazon S3 API Reference.
 */
export interface InventoryConfiguration {
  readonly id: string;
  readonly enabled: boolean;
  readonly versions: 'All' | 'Current';
  readonly frequency: 'Daily' | 'Weekly';
  /** Only keys that begin with this; undefined: no filter was put. */
  readonly prefix?: string;
  /** In the order in which they were put. */
  readonly optionalFields: readonly string[];
  readonly destination: InventoryDestination;
}

export interface InventoryDestination {
  readonly bucketArn: string;
  readonly format: 'CSV' | 'Parquet';
  readonly account?: string;
  /** As it was put. */
  readonly prefix?: string;
  /** Undefined: as the bucket does it. */
  readonly encryption?: 'SSE-S3' | { readonly keyId: string };
}

export interface BucketInventory extends InventoryConfiguration {
  /** Reports that were due at or before this are written, or were never wanted; milliseconds since 1970. */
  readonly since: number;
}

export interface BucketRecord {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Undefined: never switched on. */
  readonly versioning?: Versioning;
  /** Whether the bucket sends its events to EventBridge. */
  readonly eventBridge?: boolean;
  /** Set once Object Lock is on, which is for good. */
  readonly objectLock?: { readonly defaultRetention?: DefaultRetention };
  /** Undefined: BucketOwnerEnforced, as in new buckets of S3. `removed`: the controls were deleted. */
  readonly ownership?: ObjectOwnership | 'removed';
  /** Undefined: never put, or deleted since. */
  readonly encryption?: BucketEncryption;
  /** In the order of their ids; undefined: never put. */
  readonly inventories?: readonly BucketInventory[];
}

/** A multipart upload under way. */
export interface UploadRecord extends ObjectAttributes {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly initiated: number;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface PartRecord {
  readonly number: number;
  readonly etag: string;
  readonly modified: number;
  readonly body: BodyReference;
  readonly checksum?: StoredChecksum;
}

/** One part of a completed multipart object, in order. */
export interface ComposedPart {
  readonly number: number;
  readonly body: BodyReference;
  readonly checksum?: StoredChecksum;
}
