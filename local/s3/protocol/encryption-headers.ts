import { randomBytes } from 'node:crypto';
import { invalidArgument, notImplemented, S3Error } from '../s3-error.ts';
import type { BucketRecord, Encryption, KmsEncryption } from '../storage/records.ts';
import type { Call } from './call.ts';
import { MANAGED_KEY, resolveKey } from './kms-key.ts';
import type { Headers } from './respond.ts';

const ALGORITHM = 'x-amz-server-side-encryption';
const KEY = 'x-amz-server-side-encryption-aws-kms-key-id';
const BUCKET_KEY = 'x-amz-server-side-encryption-bucket-key-enabled';
const CONTEXT = 'x-amz-server-side-encryption-context';
const CUSTOMER = 'x-amz-server-side-encryption-customer-';
const SOURCE_CUSTOMER = 'x-amz-copy-source-server-side-encryption-customer-';

/**
 * How a new object is to be encrypted: as its headers say, else as the bucket does. Throws InvalidArgument,
 * KMS.NotFoundException, AccessDenied, NotImplemented (an encryption context).
 */
export function readEncryption(call: Call, bucket: BucketRecord): Encryption {
  const { headers } = call;
  refuseCustomerKeys(call);
  if (headers[CONTEXT] !== undefined) throw notImplemented(`the header ${CONTEXT}`);
  const algorithm = headers[ALGORITHM];
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    throw invalidArgument(ALGORITHM, algorithm, 'The encryption method specified is not supported');
  }
  const key = headers[KEY];
  if (key !== undefined && (algorithm === undefined || algorithm === 'AES256')) {
    throw invalidArgument(
      ALGORITHM,
      algorithm ?? 'null',
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    );
  }
  const asked = algorithm === undefined ? bucket.encryption : { algorithm, keyId: key };
  if (asked === undefined || asked.algorithm === 'AES256') return 'AES256';
  const bucketKey = readBucketKey(headers, asked.algorithm) ?? bucket.encryption?.bucketKey;
  return {
    algorithm: asked.algorithm,
    keyArn: resolveKey(call.context.identity, asked.keyId ?? MANAGED_KEY),
    // There are no bucket keys for two layers of encryption.
    ...(bucketKey === true && asked.algorithm === 'aws:kms' && { bucketKey }),
  };
}

/** What every answer about the object says of its encryption. */
export function encryptionHeaders(encryption: Encryption): Headers {
  if (encryption === 'AES256') return { [ALGORITHM]: encryption };
  const { algorithm, keyArn, bucketKey } = encryption;
  return { [ALGORITHM]: algorithm, [KEY]: keyArn, ...(bucketKey === true && { [BUCKET_KEY]: 'true' }) };
}

/** The ETag of bytes that came whole: their MD5 with SSE-S3, and nothing that could be guessed with a KMS key. */
export function etagOf(encryption: Encryption, md5: string): string {
  return encryption === 'AES256' ? md5 : randomBytes(16).toString('hex');
}

/** For requests about what is encrypted already: the headers that ask for encryption have no place there. */
export function refuseEncryptionHeaders(call: Call): void {
  refuseCustomerKeys(call);
  const value = call.headers[ALGORITHM];
  if (value === undefined) return;
  throw invalidArgument(ALGORITHM, value, `${ALGORITHM} header is not supported for this operation.`);
}

export function isAlgorithm(text: string): text is KmsEncryption['algorithm'] | 'AES256' {
  return text === 'AES256' || text === 'aws:kms' || text === 'aws:kms:dsse';
}

/**
 * There are no objects with keys of the customer's own: since April 2026 new buckets refuse them. Throws AccessDenied for
 * a write, InvalidRequest for a read. Source: "Blocking or unblocking SSE-C for a general purpose bucket", User Guide.
 */
function refuseCustomerKeys({ headers, request, bucket, key, context }: Call): void {
  for (const name in headers) {
    if (name.startsWith(SOURCE_CUSTOMER)) throw notApplicable();
    if (!name.startsWith(CUSTOMER)) continue;
    if (request.method === 'GET' || request.method === 'HEAD') throw notApplicable();
    throw new S3Error(
      'AccessDenied',
      `User: arn:aws:iam::${context.identity.account}:root is not authorized to perform: s3:PutObject on resource: ` +
        `"arn:aws:s3:::${bucket}/${key}" because this bucket has blocked upload requests that specify Server Side ` +
        'Encryption with Customer provided keys (SSE-C). Please specify a different server-side encryption type',
    );
  }
}

function notApplicable(): S3Error {
  return new S3Error('InvalidRequest', 'The encryption parameters are not applicable to this object.');
}

function readBucketKey(headers: Call['headers'], algorithm: KmsEncryption['algorithm']): boolean | undefined {
  const text = headers[BUCKET_KEY];
  if (text === undefined) return undefined;
  const value = text.toLowerCase();
  if (value !== 'true' && value !== 'false') throw invalidArgument(BUCKET_KEY, text, 'The value must be true or false');
  if (value === 'true' && algorithm === 'aws:kms:dsse') {
    throw invalidArgument(BUCKET_KEY, text, 'S3 Bucket Keys are not supported for DSSE-KMS');
  }
  return value === 'true';
}
