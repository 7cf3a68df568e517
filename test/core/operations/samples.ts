import fc from 'fast-check';
import type { OperationName } from '../../../core/job/operation-name.ts';

/** These hand a key on as it is in the manifest, or cannot be carried out. */
type WithoutRequests = 'LambdaInvoke' | 'S3ReplicateObject';

/** How an operation is tried on objects with any key. */
export interface Sample {
  readonly parameters: object;
  readonly storageClass?: string;
  /** Where the change shows; in the object's headers unless given. */
  readonly shows?: 'tagging' | 'acl';
  /** Reads objects only, and tells their ETag or their key's. */
  readonly readsOnly?: true;
  /** Where the object is then; its own place unless given. */
  readonly after?: 'gone' | 'copied' | 'moved';
}

const OTHER = 'arn:aws:s3:::bucket-2';
/** Copies go to the harness's second bucket. */
export const SAMPLES: Readonly<Record<Exclude<OperationName, WithoutRequests>, Sample>> = {
  S3PutObjectCopy: { parameters: { TargetResource: OTHER }, after: 'copied' },
  S3PutObjectAcl: { parameters: { AccessControlPolicy: { CannedAccessControlList: 'public-read' } }, shows: 'acl' },
  S3PutObjectTagging: { parameters: { TagSet: [{ Key: 'a', Value: 'b' }] }, shows: 'tagging' },
  S3DeleteObjectTagging: { parameters: {}, shows: 'tagging' },
  S3InitiateRestoreObject: { parameters: { ExpirationInDays: 1 }, storageClass: 'GLACIER' },
  S3PutObjectLegalHold: { parameters: { LegalHold: { Status: 'ON' } } },
  S3PutObjectRetention: {
    parameters: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2999-01-01T00:00:00Z' } },
  },
  S3ComputeObjectChecksum: { parameters: {}, readsOnly: true },
  S3UpdateObjectEncryption: {
    parameters: {
      ObjectEncryption: {
        SSEKMS: { KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/aaaaaaaa-1111-2222-3333-444444444444' },
      },
    },
  },
  DeleteObject: { parameters: {}, after: 'gone' },
  MergeTags: { parameters: { TagSet: [{ Key: 'a', Value: 'b' }] }, shows: 'tagging' },
  Move: { parameters: { TargetResource: OTHER }, after: 'moved' },
  Inspect: { parameters: {}, readsOnly: true },
};

/** As encodeURIComponent, and what it leaves alone too: the form S3 signs. */
export const encodeKey = (key: string) =>
  encodeURIComponent(key).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** What clients like to resolve, decode, trim or normalize. */
export const ODD = [
  '/',
  '//a',
  'a//b',
  'a/./b',
  'a/../b',
  '..',
  '.',
  '/../',
  'a/',
  '+',
  'a b',
  '%',
  '%2F',
  '"\'',
  'a\r\nb',
];
export const ODDER = [
  'a,b',
  '?x=1',
  '?versionId=null',
  '#',
  '&',
  '=',
  '\\',
  '*~!()',
  '\u007f',
  'é',
  'e\u0301',
  '🦬',
  '\uffff',
];
/** 1,024 bytes each. */
export const LONGEST = ['🦬'.repeat(256), 'a/'.repeat(512)];
export const anyKey = fc.oneof(
  fc.constantFrom(...ODD, ...ODDER, ...LONGEST),
  // Whole code points only: surrogates alone have no UTF-8.
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
);
