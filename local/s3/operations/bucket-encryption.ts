import type { Call } from '../protocol/call.ts';
import { isAlgorithm } from '../protocol/encryption-headers.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { childOf, malformed, readDocument, textOf, type XmlElement } from '../protocol/xml-reader.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { BucketEncryption, BucketRecord } from '../storage/records.ts';

const APPLY = 'ApplyServerSideEncryptionByDefault';
const BLOCKED = 'BlockedEncryptionTypes';

/** Every bucket has a default, SSE-S3 where none was put, and blocks SSE-C, as new buckets do since April 2026. */
export async function getBucketEncryption(call: Call): Promise<void> {
  const { encryption } = call.context.buckets.get(call.bucket);
  const { algorithm, keyId, bucketKey } = encryption ?? { algorithm: 'AES256' };
  const applied = element('SSEAlgorithm', algorithm) + element('KMSMasterKeyID', keyId);
  const rule = `<${APPLY}>${applied}</${APPLY}>${element('BucketKeyEnabled', bucketKey ?? false)}`;
  const blocked = `<${BLOCKED}>${element('EncryptionType', 'SSE-C')}</${BLOCKED}>`;
  sendXml(call, document('ServerSideEncryptionConfiguration', `<Rule>${rule}${blocked}</Rule>`));
}

/** The key is not looked at before an object needs it, as in S3. */
export async function putBucketEncryption(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  const { children } = readDocument(await receiveDocument(call), 'ServerSideEncryptionConfiguration');
  const [rule, ...others] = children;
  if (rule?.name !== 'Rule' || others.length > 0) throw malformed();
  await save(call, readRule(rule));
  sendEmpty(call, 200);
}

export async function deleteBucketEncryption(call: Call): Promise<void> {
  await save(call, undefined);
  sendEmpty(call, 204);
}

async function save(call: Call, encryption: BucketEncryption | undefined): Promise<void> {
  const { buckets } = call.context;
  const { encryption: _, ...others }: BucketRecord = buckets.get(call.bucket);
  await buckets.save({ ...others, ...(encryption && { encryption }) });
}

function readRule(rule: XmlElement): BucketEncryption {
  const blocked = childOf(rule, BLOCKED)?.children.map((child) => child.text) ?? [];
  if (blocked.some((type) => type !== 'SSE-C')) throw notImplemented('SSE-C, which a bucket can only block');
  const apply = childOf(rule, APPLY);
  const algorithm = apply === undefined ? 'AES256' : textOf(apply, 'SSEAlgorithm');
  if (algorithm === undefined || !isAlgorithm(algorithm)) throw malformed();
  const keyId = apply && textOf(apply, 'KMSMasterKeyID');
  if (keyId !== undefined && algorithm === 'AES256') {
    throw new S3Error(
      'InvalidArgument',
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      { ArgumentName: APPLY },
    );
  }
  const bucketKey = textOf(rule, 'BucketKeyEnabled') === 'true';
  return { algorithm, ...(keyId !== undefined && { keyId }), ...(bucketKey && { bucketKey }) };
}
