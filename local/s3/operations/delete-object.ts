import { announceDeleted } from '../events.ts';
import type { Call } from '../protocol/call.ts';
import { deleteCheck } from '../protocol/conditions.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { demandIntegrity } from '../protocol/payload-claims.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { childOf, malformed, readDocument, textOf, type XmlElement } from '../protocol/xml-reader.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { DeleteOutcome, WriteCheck } from '../storage/object-store.ts';
import { isVersionId } from '../storage/version-id.ts';
import { requestedVersion } from './find-object.ts';
import { readBypass, refuseIfLocked } from './locked-versions.ts';

/** Most keys of one DeleteObjects. Source: DeleteObjects, Amazon S3 API Reference. */
const MOST_KEYS = 1000;

interface Victim {
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly ifMatch?: string | undefined;
}

export async function deleteObject(call: Call): Promise<void> {
  for (const name of ['x-amz-if-match-size', 'x-amz-if-match-last-modified-time']) {
    if (call.headers[name] !== undefined) throw notImplemented(`the header ${name}, which is for directory buckets`);
  }
  call.context.buckets.get(call.bucket);
  refuseMfa(call);
  const versionId = requestedVersion(call);
  const victim = { key: call.key, versionId, ifMatch: call.headers['if-match'] };
  const outcome = await carryOut(call, victim, readBypass(call));
  const { record, madeMarker } = outcome;
  const isMarker = record !== undefined && record.content === undefined;
  sendEmpty(call, 204, {
    ...(isMarker && { 'x-amz-delete-marker': 'true' }),
    ...(versionId !== undefined && { 'x-amz-version-id': versionId }),
    ...(madeMarker && record !== undefined && { 'x-amz-version-id': record.versionId }),
  });
}

export async function deleteObjects(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  refuseMfa(call);
  demandIntegrity(call);
  const bypass = readBypass(call);
  const request = readDocument(await receiveDocument(call), 'Delete');
  const quiet = textOf(request, 'Quiet') === 'true';
  const victims = request.children.filter((child) => child.name === 'Object').map(readVictim);
  if (victims.length === 0 || victims.length > MOST_KEYS) throw malformed();
  const results = await Promise.all(victims.map((victim) => deleteOne(call, victim, { quiet, bypass })));
  sendXml(call, document('DeleteResult', results.join('')));
}

/** Deletes and tells the bus. */
async function carryOut(call: Call, { key, versionId, ifMatch }: Victim, bypass: boolean): Promise<DeleteOutcome> {
  const { objects, buckets, deletions, clock } = call.context;
  const demand = deleteCheck(ifMatch, key);
  const check: WriteCheck = (current) => {
    demand(current);
    // A lock keeps its version; a delete without a version only puts a marker on top.
    if (versionId !== undefined) refuseIfLocked(current, bypass, clock());
    if (current?.content !== undefined) deletions.noteDeletion(call.bucket, key);
  };
  const outcome =
    versionId === undefined
      ? await objects.delete(() => buckets.get(call.bucket), key, check)
      : await objects.deleteVersion(call.bucket, key, versionId, check);
  await announceDeleted(call, key, outcome);
  return outcome;
}

async function deleteOne(
  call: Call,
  victim: Victim,
  { quiet, bypass }: { readonly quiet: boolean; readonly bypass: boolean },
): Promise<string> {
  const { key, versionId } = victim;
  const named = element('Key', key) + element('VersionId', versionId);
  try {
    if (versionId !== undefined && !isVersionId(versionId)) throw new S3Error('NoSuchVersion');
    const { record, madeMarker } = await carryOut(call, victim, bypass);
    if (quiet) return '';
    const isMarker = record !== undefined && record.content === undefined;
    const marker = isMarker
      ? element('DeleteMarker', true) + element('DeleteMarkerVersionId', madeMarker ? record.versionId : versionId)
      : '';
    return `<Deleted>${named}${marker}</Deleted>`;
  } catch (error) {
    const { code, message } = error instanceof S3Error ? error : new S3Error('InternalError');
    return `<Error>${named}${element('Code', code)}${element('Message', message)}</Error>`;
  }
}

/** There are no authentication devices here, so their codes cannot be checked. */
function refuseMfa({ headers }: Call): void {
  if (headers['x-amz-mfa'] !== undefined) throw notImplemented('MFA delete');
}

function readVictim(object: XmlElement): Victim {
  const key = textOf(object, 'Key');
  if (key === undefined || key === '') throw malformed();
  for (const name of ['LastModifiedTime', 'Size']) {
    if (childOf(object, name) !== undefined)
      throw notImplemented(`${name} in DeleteObjects, which is for directory buckets`);
  }
  return { key, versionId: textOf(object, 'VersionId') || undefined, ifMatch: textOf(object, 'ETag') };
}
