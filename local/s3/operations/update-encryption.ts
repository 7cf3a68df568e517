import type { Call } from '../protocol/call.ts';
import { keyAccount, resolveKey } from '../protocol/kms-key.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty } from '../protocol/respond.ts';
import { childOf, malformed, readDocument, textOf, type XmlElement } from '../protocol/xml-reader.ts';
import { S3Error } from '../s3-error.ts';
import type { KmsEncryption, ObjectContent } from '../storage/records.ts';
import { demandContent, requestedVersion } from './find-object.ts';

const TO_KMS = "Requests that modify an object's encryption type to SSE-KMS require";
const KEY_ARN = /^arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-zA-Z0-9-]+$/;

/**
 * Puts an object under another key where it is: ETag, date, class and checksums stay. Throws InvalidRequest, AccessDenied
 * (another account's key, a locked object), KMS.NotFoundException. Source of rules and messages: UpdateObjectEncryption,
 * Amazon S3 API Reference.
 */
export async function updateObjectEncryption(call: Call): Promise<void> {
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const encryption = readRequest(call, await receiveDocument(call));
  const versionId = requestedVersion(call);
  const asked = { key, versionId, method: 'PUT' };
  const changed = await context.objects.update(bucket, key, versionId, (before) => {
    const { record, content } = demandContent(before, asked);
    checkChangeable(content, context.clock());
    return { ...record, content: { ...content, encryption } };
  });
  demandContent(changed, asked);
  sendEmpty(call, 200);
}

function readRequest({ context }: Call, text: string): KmsEncryption {
  const sseKms = readTarget(readDocument(text, 'ObjectEncryption'));
  const key = textOf(sseKms, 'KMSKeyArn') ?? '';
  if (!key.startsWith('arn:')) {
    throw refused(
      `${TO_KMS} an AWS KMS key Amazon Resource Name (ARN). Modify the request to specify a KMS key ARN, and then try again.`,
    );
  }
  if (!KEY_ARN.test(key)) {
    throw refused(
      `${TO_KMS} a valid AWS KMS key Amazon Resource Name (ARN). Confirm that you have a correctly formatted KMS key ARN in your request, and then try again.`,
    );
  }
  const bucketKey = textOf(sseKms, 'BucketKeyEnabled') ?? 'false';
  if (bucketKey !== 'true' && bucketKey !== 'false') {
    throw refused(
      "The BucketKeyEnabled value isn't valid. Valid values are true or false. Modify the request to specify a valid value, and then try again.",
    );
  }
  if (keyAccount(key) !== context.identity.account) {
    throw new S3Error(
      'AccessDenied',
      'The AWS KMS key in the request must be owned by the same account as the bucket. Modify the request to specify a KMS key from the same account, and then try again.',
    );
  }
  const keyArn = resolveKey(context.identity, key);
  return { algorithm: 'aws:kms', keyArn, ...(bucketKey === 'true' && { bucketKey: true }) };
}

function readTarget(request: XmlElement): XmlElement {
  const sseKms = childOf(request, 'SSE-KMS');
  if (sseKms !== undefined && request.children.length === 1) return sseKms;
  const named = request.children.map((child) => child.name);
  if (named.length > 1) throw malformed();
  if (named[0] === 'DSSE-KMS' || named[0] === 'SSE-C') {
    throw refused(
      "The UpdateObjectEncryption operation doesn't support updating the encryption type to DSSE-KMS or SSE-C. Modify the request to specify SSE-KMS for the updated encryption type, and then try again.",
    );
  }
  throw refused(
    'Requests that modify an object encryption configuration require a valid new encryption type. Valid values are SSEKMS. Modify the request to specify SSE-KMS for the updated encryption type, and then try again.',
  );
}

function checkChangeable({ encryption, lock }: ObjectContent, now: number): void {
  if (encryption !== 'AES256' && encryption.algorithm === 'aws:kms:dsse') {
    throw refused(
      "The UpdateObjectEncryption operation doesn't support source objects with the encryption type DSSE-KMS or SSE-C. Only source objects encrypted with SSE-S3 or SSE-KMS are supported.",
    );
  }
  if (lock?.legalHold !== 'ON' && (lock?.retention?.until ?? 0) <= now) return;
  throw new S3Error(
    'AccessDenied',
    "The encryption type for the specified object can't be updated because that object is protected by S3 Object Lock. If the object has a governance-mode retention period or a legal hold, you must first remove the Object Lock status on the object before you issue your UpdateObjectEncryption request. You can't use the UpdateObjectEncryption operation with objects that have an Object Lock compliance mode retention period applied to them.",
  );
}

function refused(message: string): S3Error {
  return new S3Error('InvalidRequest', message);
}
