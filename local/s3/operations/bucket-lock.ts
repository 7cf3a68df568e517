import type { Call } from '../protocol/call.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { demandIntegrity } from '../protocol/payload-claims.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { isRetentionMode } from '../protocol/retention.ts';
import { childOf, malformed, readDocument, textOf, type XmlElement } from '../protocol/xml-reader.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { invalidArgument, S3Error } from '../s3-error.ts';
import type { DefaultRetention } from '../storage/records.ts';

/** Longest default retention. Source: "Object Lock considerations", Amazon S3 User Guide. */
const MOST_YEARS = 100;
const MOST_DAYS = 36_500;

export async function getObjectLockConfiguration(call: Call): Promise<void> {
  const { objectLock } = call.context.buckets.get(call.bucket);
  if (objectLock === undefined) {
    throw new S3Error('ObjectLockConfigurationNotFoundError', undefined, { BucketName: call.bucket });
  }
  const rule = objectLock.defaultRetention;
  const period = rule && element('Mode', rule.mode) + element('Days', rule.days) + element('Years', rule.years);
  const rules = period === undefined ? '' : `<Rule><DefaultRetention>${period}</DefaultRetention></Rule>`;
  sendXml(call, document('ObjectLockConfiguration', element('ObjectLockEnabled', 'Enabled') + rules));
}

/** Also switches Object Lock on, in a bucket that keeps versions. */
export async function putObjectLockConfiguration(call: Call): Promise<void> {
  const { buckets } = call.context;
  buckets.get(call.bucket);
  demandIntegrity(call);
  const request = readDocument(await receiveDocument(call), 'ObjectLockConfiguration');
  if (textOf(request, 'ObjectLockEnabled') !== 'Enabled') throw malformed();
  const rule = childOf(request, 'Rule');
  const defaultRetention = rule && readRule(rule);
  const bucket = buckets.get(call.bucket);
  if (bucket.versioning !== 'Enabled') {
    throw new S3Error(
      'InvalidBucketState',
      "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    );
  }
  await buckets.save({ ...bucket, objectLock: { ...(defaultRetention && { defaultRetention }) } });
  sendEmpty(call, 200);
}

function readRule(rule: XmlElement): DefaultRetention {
  const retention = childOf(rule, 'DefaultRetention');
  const mode = retention && textOf(retention, 'Mode');
  if (retention === undefined || !isRetentionMode(mode)) throw malformed();
  const days = readPeriod(retention, 'Days', MOST_DAYS);
  const years = readPeriod(retention, 'Years', MOST_YEARS);
  if ((days === undefined) === (years === undefined)) throw malformed();
  return { mode, ...(days !== undefined && { days }), ...(years !== undefined && { years }) };
}

function readPeriod(retention: XmlElement, name: string, most: number): number | undefined {
  const text = textOf(retention, name);
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) throw malformed();
  const period = Number(text);
  if (period < 1) throw invalidArgument(name, text, 'Default retention period must be a positive integer value.');
  if (period > most) throw invalidArgument(name, text, 'Default retention period too large.');
  return period;
}
