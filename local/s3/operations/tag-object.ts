import type { Call } from '../protocol/call.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { parseTagDocument, tagDocument } from '../protocol/tag-set.ts';
import type { Tag } from '../storage/records.ts';
import { demandContent, findObject, requestedVersion, versionHeader } from './find-object.ts';

export async function putObjectTagging(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  const tags = parseTagDocument(await receiveDocument(call));
  sendEmpty(call, 200, await replaceTags(call, tags));
}

export async function deleteObjectTagging(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  sendEmpty(call, 204, await replaceTags(call, []));
}

export async function getObjectTagging(call: Call): Promise<void> {
  const { record, content } = await findObject(call);
  sendXml(call, tagDocument(content.tags), versionHeader(call, record.versionId));
}

/** Returns the headers of the answer. */
async function replaceTags(call: Call, tags: readonly Tag[]): Promise<Record<string, string>> {
  const versionId = requestedVersion(call);
  const asked = { key: call.key, versionId, method: call.request.method ?? 'PUT' };
  const changed = await call.context.objects.update(call.bucket, call.key, versionId, (before) => {
    const { record, content } = demandContent(before, asked);
    return { ...record, content: { ...content, tags } };
  });
  return versionHeader(call, demandContent(changed, asked).record.versionId);
}
