import { isArchiveClass, restoreState } from '../protocol/archive.ts';
import type { Call } from '../protocol/call.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty } from '../protocol/respond.ts';
import { childOf, malformed, readDocument, textOf, type XmlElement } from '../protocol/xml-reader.ts';
import { invalidArgument, S3Error } from '../s3-error.ts';
import type { ObjectContent, RestoreRecord, RestoreTier } from '../storage/records.ts';
import { demandContent, requestedVersion } from './find-object.ts';

/** Rises with speed. */
const SPEED: Readonly<Record<RestoreTier, number>> = { Bulk: 0, Standard: 1, Expedited: 2 };
/** What only queries on archived objects have, which S3 has ended. */
const SELECT_MEMBERS = ['SelectParameters', 'OutputLocation', 'Tier'];

interface RestoreWish {
  readonly tier: RestoreTier;
  /** Undefined: not given. */
  readonly days: number | undefined;
}

/** 202: a restore has begun, or goes on faster. 200: the object is restored already, and its days are counted anew. */
export async function restoreObject(call: Call): Promise<void> {
  const { context, bucket, key } = call;
  context.buckets.get(bucket);
  const wish = readWish(await receiveDocument(call));
  const versionId = requestedVersion(call);
  const asked = { key, versionId, method: 'POST' };
  let status = 202;
  const changed = await context.objects.update(bucket, key, versionId, (before) => {
    const { record, content } = demandContent(before, asked);
    const decided = decide(call, content, wish);
    status = decided.status;
    return { ...record, content: { ...content, restore: decided.restore } };
  });
  demandContent(changed, asked);
  sendEmpty(call, status);
}

function decide(
  call: Call,
  content: ObjectContent,
  { tier, days }: RestoreWish,
): { restore: RestoreRecord; status: number } {
  const { storageClass } = content;
  checkClass(storageClass);
  if (days === undefined) throw malformed();
  if (tier === 'Expedited' && storageClass === 'DEEP_ARCHIVE') {
    throw invalidArgument('Tier', tier, 'Retrieval option is not supported by this storage class');
  }
  const now = call.context.clock();
  const state = restoreState(call.context, content.restore);
  switch (state.is) {
    case 'archived':
      return { restore: { tier, days, requested: now }, status: 202 };
    case 'running':
      if (days !== state.restore.days || SPEED[tier] <= SPEED[state.restore.tier]) {
        throw new S3Error('RestoreAlreadyInProgress');
      }
      return { restore: { tier, days, requested: now }, status: 202 };
    case 'restored':
      return { restore: { ...state.restore, days, renewed: now }, status: 200 };
  }
}

/** Objects of INTELLIGENT_TIERING are never in its archive tiers here, so there is nothing to bring back. */
function checkClass(storageClass: string): void {
  if (isArchiveClass(storageClass)) return;
  if (storageClass === 'INTELLIGENT_TIERING') throw new S3Error('ObjectAlreadyInActiveTierError');
  throw new S3Error('InvalidObjectState', "Restore is not allowed for the object's current storage class", {
    StorageClass: storageClass,
  });
}

function readWish(text: string): RestoreWish {
  const request = readDocument(text, 'RestoreRequest');
  if (textOf(request, 'Type') !== undefined || SELECT_MEMBERS.some((name) => childOf(request, name) !== undefined)) {
    throw new S3Error(
      'MethodNotAllowed',
      'The specific method for Select type jobs is not allowed against this resource.',
      { Method: 'POST', ResourceType: 'OBJECT' },
    );
  }
  return { tier: readTier(request), days: readDays(request) };
}

function readTier(request: XmlElement): RestoreTier {
  const parameters = childOf(request, 'GlacierJobParameters');
  const tier = parameters === undefined ? 'Standard' : textOf(parameters, 'Tier');
  if (tier === undefined || !Object.hasOwn(SPEED, tier)) throw malformed();
  return tier as RestoreTier;
}

function readDays(request: XmlElement): number | undefined {
  const text = textOf(request, 'Days');
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw malformed();
  if (Number(text) < 1) throw invalidArgument('Days', text, 'restoration days should be at least 1');
  return Number(text);
}
