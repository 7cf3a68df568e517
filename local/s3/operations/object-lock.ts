import type { Call } from '../protocol/call.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { demandIntegrity } from '../protocol/payload-claims.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { demandFuture, isRetentionMode, readDate } from '../protocol/retention.ts';
import { malformed, readDocument, textOf } from '../protocol/xml-reader.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { S3Error } from '../s3-error.ts';
import type { ObjectLock, Retention } from '../storage/records.ts';
import { demandContent, findObject, requestedVersion } from './find-object.ts';
import { demandObjectLock, readBypass, refuseWeakening } from './locked-versions.ts';

export async function getObjectRetention(call: Call): Promise<void> {
  demandObjectLock(call);
  const { retention } = (await findObject(call)).content.lock ?? {};
  if (retention === undefined) throw new S3Error('NoSuchObjectLockConfiguration', undefined, { Key: call.key });
  const until = new Date(retention.until).toISOString();
  sendXml(call, document('Retention', element('Mode', retention.mode) + element('RetainUntilDate', until)));
}

/** An empty Retention element takes the retention away. */
export async function putObjectRetention(call: Call): Promise<void> {
  demandObjectLock(call);
  demandIntegrity(call);
  const now = call.context.clock();
  const retention = readRetention(await receiveDocument(call), now);
  const bypass = readBypass(call);
  await changeLock(call, ({ legalHold, retention: before }) => {
    refuseWeakening(before, retention, { bypass, now });
    return { ...(retention && { retention }), ...(legalHold && { legalHold }) };
  });
}

export async function getObjectLegalHold(call: Call): Promise<void> {
  demandObjectLock(call);
  const { legalHold } = (await findObject(call)).content.lock ?? {};
  if (legalHold === undefined) throw new S3Error('NoSuchObjectLockConfiguration', undefined, { Key: call.key });
  sendXml(call, document('LegalHold', element('Status', legalHold)));
}

export async function putObjectLegalHold(call: Call): Promise<void> {
  demandObjectLock(call);
  demandIntegrity(call);
  const legalHold = textOf(readDocument(await receiveDocument(call), 'LegalHold'), 'Status');
  if (legalHold !== 'ON' && legalHold !== 'OFF') throw malformed();
  await changeLock(call, (lock) => ({ ...lock, legalHold }));
}

async function changeLock(call: Call, change: (lock: ObjectLock) => ObjectLock): Promise<void> {
  const versionId = requestedVersion(call);
  const asked = { key: call.key, versionId, method: 'PUT' };
  const changed = await call.context.objects.update(call.bucket, call.key, versionId, (before) => {
    const { record, content } = demandContent(before, asked);
    return { ...record, content: { ...content, lock: change(content.lock ?? {}) } };
  });
  demandContent(changed, asked);
  sendEmpty(call, 200);
}

function readRetention(text: string, now: number): Retention | undefined {
  const retention = readDocument(text, 'Retention');
  if (retention.children.length === 0) return undefined;
  const mode = textOf(retention, 'Mode');
  const date = textOf(retention, 'RetainUntilDate');
  if (!isRetentionMode(mode) || date === undefined) throw malformed();
  const until = readDate(date);
  if (until === undefined) throw malformed();
  demandFuture(until, now, 'RetainUntilDate', date);
  return { mode, until };
}
