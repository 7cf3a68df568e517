import { type S3Object, type S3Request, type XmlBody, xmlBody } from '../s3-request.ts';
import { escapeXml } from '../xml-text.ts';

/** The key that an object's own key is to be encrypted with. */
export interface S3KmsEncryption {
  readonly KMSKeyArn: string;
  readonly BucketKeyEnabled?: boolean | undefined;
}

const ENCRYPTION = { encryption: '' };

/** A job sends the same encryption, the very same structure, with every task. */
const bodies = new WeakMap<S3KmsEncryption, XmlBody>();

/** Puts an object under another key where it is, without a copy. UpdateObjectEncryption, S3 API reference. */
export function updateObjectEncryptionRequest(
  { bucket, key, versionId }: S3Object,
  encryption: S3KmsEncryption,
): S3Request {
  const body = bodies.get(encryption) ?? encryptionBody(encryption);
  return { method: 'PUT', bucket, key, versionId, query: ENCRYPTION, headers: body.headers, body };
}

function encryptionBody(encryption: S3KmsEncryption): XmlBody {
  const { KMSKeyArn, BucketKeyEnabled } = encryption;
  const bucketKey = BucketKeyEnabled === undefined ? '' : `<BucketKeyEnabled>${BucketKeyEnabled}</BucketKeyEnabled>`;
  const body = xmlBody(
    '<ObjectEncryption xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      `<SSE-KMS><KMSKeyArn>${escapeXml(KMSKeyArn)}</KMSKeyArn>${bucketKey}</SSE-KMS></ObjectEncryption>`,
  );
  bodies.set(encryption, body);
  return body;
}
