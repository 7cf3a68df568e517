import { aclDocument, parseAclDocument } from '../protocol/acl-document.ts';
import { aclsAreOff, checkOwnership, readAclHeaders } from '../protocol/acl-headers.ts';
import type { Call } from '../protocol/call.ts';
import { fullControl } from '../protocol/grants.ts';
import { canonicalId } from '../protocol/owner.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { S3Error } from '../s3-error.ts';
import type { Grant } from '../storage/records.ts';
import { demandContent, findObject, requestedVersion, versionHeader } from './find-object.ts';

/** Answers a bucket whose owner is enforced with the owner's full control, whatever ACL was set before it was. */
export async function getObjectAcl(call: Call): Promise<void> {
  const { identity, buckets } = call.context;
  const { record, content } = await findObject(call);
  const ownerOnly = [fullControl(canonicalId(identity.account))];
  const grants = aclsAreOff(buckets.get(call.bucket)) ? ownerOnly : (content.acl ?? ownerOnly);
  sendXml(call, aclDocument(identity.account, grants), versionHeader(call, record.versionId));
}

export async function putObjectAcl(call: Call): Promise<void> {
  const bucket = call.context.buckets.get(call.bucket);
  const acl = await readAcl(call);
  checkOwnership(call, bucket, acl);
  const versionId = requestedVersion(call);
  const asked = { key: call.key, versionId, method: 'PUT' };
  const changed = await call.context.objects.update(call.bucket, call.key, versionId, (before) => {
    const { record, content } = demandContent(before, asked);
    return aclsAreOff(bucket) ? record : { ...record, content: { ...content, acl } };
  });
  sendEmpty(call, 200, versionHeader(call, demandContent(changed, asked).record.versionId));
}

/** From the headers or from the body, one of the two. */
async function readAcl(call: Call): Promise<readonly Grant[]> {
  const fromHeaders = readAclHeaders(call);
  const text = await receiveDocument(call);
  if (fromHeaders === undefined) {
    if (text === '') throw new S3Error('MissingSecurityHeader', undefined, { MissingHeaderName: 'x-amz-acl' });
    return parseAclDocument(text, call.context.identity.account);
  }
  if (text !== '') throw new S3Error('UnexpectedContent');
  return fromHeaders;
}
