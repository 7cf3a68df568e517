import { explainHead } from '../../s3/requests/explain-head.ts';
import { headObject } from '../../s3/requests/head-object.ts';
import type { S3Answer, S3Refusal } from '../../s3/s3-data-client.ts';
import type { S3Object } from '../../s3/s3-request.ts';
import type { Examination } from '../examination.ts';
import { s3Failed } from '../s3-result.ts';
import { failed } from '../task-result.ts';
import type { DeleteTools } from './delete-many.ts';
import { VersionCount, versionsOfKey } from './key-versions.ts';

const NOTHING: Examination = { finding: 'unchanged', says: 'Nothing to delete' };

/** What S3 says of a version that a lock keeps. */
const LOCKED = failed(403, 'AccessDenied', 'Access Denied because object protected by object lock.');

/** What deleting the object's version, or what is current, would find. */
export async function examineDeletion(object: S3Object, tools: DeleteTools): Promise<Examination> {
  const reply = await headObject(tools.s3, object, tools.signal);
  if (!reply.ok) return await examineAbsence(object, reply, tools);
  const { headers } = reply;
  const bytes = `${headers['content-length'] ?? '?'} bytes`;
  if (object.versionId !== undefined) {
    if (isLocked(reply, tools.clock.now())) return { finding: 'failure', result: LOCKED };
    return { finding: 'change', says: `Would delete version ${object.versionId} of ${bytes}` };
  }
  const current = headers['x-amz-version-id'];
  if (current === undefined) return { finding: 'change', says: `Would delete the object of ${bytes}` };
  const says = `Would put a delete marker over version ${current} of ${bytes}`;
  if (current !== 'null') return { finding: 'change', says };
  return { finding: 'change', says: `${says}, or in its place if the versioning of the bucket is suspended` };
}

/** What deleting all versions of a key would find. Locks are not looked for: that would be a request for each version. */
export async function examineAllVersions(object: S3Object, tools: DeleteTools): Promise<Examination> {
  const found = new VersionCount();
  for await (const page of versionsOfKey(object, tools)) {
    if (!page.ok) return { finding: 'failure', result: s3Failed(page) };
    found.add(page.versions);
  }
  return found.total === 0 ? NOTHING : { finding: 'change', says: `Would delete ${found}` };
}

async function examineAbsence(object: S3Object, refusal: S3Refusal, { s3, signal }: DeleteTools): Promise<Examination> {
  const { versionId } = object;
  if (refusal.httpStatus === 405 && versionId !== undefined) {
    return { finding: 'change', says: `Would delete the delete marker ${versionId}` };
  }
  const explained = await explainHead(s3, object, refusal, signal);
  const isAbsent = explained.code === 'NoSuchKey' || explained.code === 'NoSuchVersion';
  return isAbsent ? NOTHING : { finding: 'failure', result: s3Failed(explained) };
}

/** Governance too: no job goes past it. */
function isLocked({ headers }: S3Answer, now: number): boolean {
  const until = Date.parse(headers['x-amz-object-lock-retain-until-date'] ?? '');
  return headers['x-amz-object-lock-legal-hold'] === 'ON' || until > now;
}
