import { type S3Object, type S3Request, type XmlBody, xmlBody } from '../s3-request.ts';
import { elementText } from '../xml-text.ts';

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const RETENTION = { retention: '' };
const LEGAL_HOLD = { 'legal-hold': '' };

/** How long an object is kept: both members, or neither where there is no such limit. */
export interface S3Retention {
  readonly Mode?: 'COMPLIANCE' | 'GOVERNANCE' | undefined;
  /** ISO 8601. */
  readonly RetainUntilDate?: string | undefined;
}

/** A job sends the same retention, the very same structure, with every task. */
const retentionBodies = new WeakMap<S3Retention, XmlBody>();

/**
 * Sets an object's retention; an empty one takes it away. PutObjectRetention, S3 API reference.
 *
 * @param bypass whether a retention in governance mode may be shortened.
 */
export function putObjectRetentionRequest(object: S3Object, retention: S3Retention, bypass: boolean): S3Request {
  const body = retentionBodies.get(retention) ?? retentionBody(retention);
  const { bucket, key, versionId } = object;
  const headers = bypass ? { ...body.headers, 'x-amz-bypass-governance-retention': 'true' } : body.headers;
  return { method: 'PUT', bucket, key, versionId, query: RETENTION, headers, body };
}

function retentionBody(retention: S3Retention): XmlBody {
  const { Mode, RetainUntilDate } = retention;
  const members =
    Mode === undefined || RetainUntilDate === undefined
      ? ''
      : `<Mode>${Mode}</Mode><RetainUntilDate>${new Date(RetainUntilDate).toISOString()}</RetainUntilDate>`;
  const body = xmlBody(`<Retention ${NAMESPACE}>${members}</Retention>`);
  retentionBodies.set(retention, body);
  return body;
}

/**
 * An object's retention; refused with NoSuchObjectLockConfiguration where it has none. GetObjectRetention, S3 API
 * reference.
 */
export function getObjectRetentionRequest({ bucket, key, versionId }: S3Object): S3Request {
  return { method: 'GET', bucket, key, versionId, query: RETENTION };
}

/** The retention in an answer of GetObjectRetention. */
export function retentionIn(document: string): S3Retention {
  const mode = elementText(document, 'Mode');
  const RetainUntilDate = elementText(document, 'RetainUntilDate');
  const Mode = mode === 'COMPLIANCE' || mode === 'GOVERNANCE' ? mode : undefined;
  return { Mode, RetainUntilDate };
}

export type LegalHoldStatus = 'ON' | 'OFF';

const holdBodies: Readonly<Record<LegalHoldStatus, XmlBody>> = { ON: holdBody('ON'), OFF: holdBody('OFF') };

/** Puts an object under a legal hold, or takes it from one. PutObjectLegalHold, S3 API reference. */
export function putObjectLegalHoldRequest({ bucket, key, versionId }: S3Object, status: LegalHoldStatus): S3Request {
  const body = holdBodies[status];
  return { method: 'PUT', bucket, key, versionId, query: LEGAL_HOLD, headers: body.headers, body };
}

function holdBody(status: LegalHoldStatus): XmlBody {
  return xmlBody(`<LegalHold ${NAMESPACE}><Status>${status}</Status></LegalHold>`);
}

/**
 * Whether an object is under a legal hold; refused with NoSuchObjectLockConfiguration where it never was.
 * GetObjectLegalHold, S3 API reference.
 */
export function getObjectLegalHoldRequest({ bucket, key, versionId }: S3Object): S3Request {
  return { method: 'GET', bucket, key, versionId, query: LEGAL_HOLD };
}

/** What an answer of GetObjectLegalHold says. */
export function legalHoldIn(document: string): LegalHoldStatus {
  return elementText(document, 'Status') === 'ON' ? 'ON' : 'OFF';
}

/** The code of an answer that says that an object has no retention, or no legal hold. */
export const NO_LOCK = 'NoSuchObjectLockConfiguration';
