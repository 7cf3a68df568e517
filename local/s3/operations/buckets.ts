import type { Call } from '../protocol/call.ts';
import { refuseUnsupported } from '../protocol/object-headers.ts';
import { owner } from '../protocol/owner.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { malformed, readDocument, textOf } from '../protocol/xml-reader.ts';
import { document, element, timestamp } from '../protocol/xml-writer.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { BucketRecord } from '../storage/records.ts';
import { readOwnershipHeader } from './ownership.ts';
import { readCount } from './page.ts';

/** Source: "General purpose bucket naming rules", User Guide. */
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const NOTIFICATION_TARGETS = ['TopicConfiguration', 'QueueConfiguration', 'CloudFunctionConfiguration'];

/** Throws InvalidBucketName. */
export function checkBucketName(name: string): void {
  if (!BUCKET_NAME.test(name)) throw new S3Error('InvalidBucketName', undefined, { BucketName: name });
}

export async function createBucket(call: Call): Promise<void> {
  const { context, bucket: name, headers } = call;
  checkBucketName(name);
  refuseUnsupported(headers);
  const ownership = readOwnershipHeader(call);
  refuseBucketAcl(call);
  checkLocation(await receiveDocument(call), context.identity.region);
  if (context.buckets.find(name) === undefined) {
    await context.buckets.save({ name, created: Date.now(), ...(ownership && { ownership }), ...lockSettings(call) });
  } else if (context.identity.region !== 'us-east-1') {
    // In us-east-1 a bucket of one's own can be created again.
    throw new S3Error('BucketAlreadyOwnedByYou', undefined, { BucketName: name });
  }
  sendEmpty(call, 200, { location: `/${name}` });
}

export async function headBucket(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  sendEmpty(call, 200, { 'x-amz-bucket-region': call.context.identity.region });
}

export async function deleteBucket(call: Call): Promise<void> {
  await call.context.buckets.delete(call.bucket);
  await call.context.uploads.abortAll(call.bucket);
  sendEmpty(call, 204);
}

export async function listBuckets(call: Call): Promise<void> {
  const { identity, buckets } = call.context;
  const prefix = call.query.get('prefix') ?? '';
  const after = call.query.get('continuation-token') ?? '';
  const most = readCount(call.query, 'max-buckets', 10_000);
  const region = call.query.get('bucket-region') ?? identity.region;
  const matching = buckets
    .all()
    .filter(({ name }) => region === identity.region && name.startsWith(prefix) && name > after);
  const page = matching.slice(0, most);
  const token = matching.length > page.length ? page.at(-1)?.name : undefined;
  const entries = page.map(
    ({ name, created }) =>
      `<Bucket>${element('Name', name)}${element('CreationDate', timestamp(created))}${element('BucketRegion', identity.region)}</Bucket>`,
  );
  sendXml(
    call,
    document(
      'ListAllMyBucketsResult',
      `${owner(identity.account)}<Buckets>${entries.join('')}</Buckets>${element('ContinuationToken', token)}${element('Prefix', prefix || undefined)}`,
    ),
  );
}

export async function getBucketLocation(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  const { region } = call.context.identity;
  sendXml(call, document('LocationConstraint', region === 'us-east-1' ? '' : region));
}

export async function getBucketVersioning(call: Call): Promise<void> {
  const { versioning } = call.context.buckets.get(call.bucket);
  sendXml(call, document('VersioningConfiguration', element('Status', versioning)));
}

export async function putBucketVersioning(call: Call): Promise<void> {
  const { objectLock } = call.context.buckets.get(call.bucket);
  const request = readDocument(await receiveDocument(call), 'VersioningConfiguration');
  if (textOf(request, 'MfaDelete') === 'Enabled') throw notImplemented('MFA delete');
  const status = textOf(request, 'Status');
  if (status === undefined) throw new S3Error('IllegalVersioningConfigurationException');
  if (status !== 'Enabled' && status !== 'Suspended') throw malformed();
  if (status === 'Suspended' && objectLock !== undefined) {
    throw new S3Error(
      'InvalidBucketState',
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  await change(call, { versioning: status });
}

export async function getBucketNotification(call: Call): Promise<void> {
  const { eventBridge } = call.context.buckets.get(call.bucket);
  const content = eventBridge === true ? '<EventBridgeConfiguration></EventBridgeConfiguration>' : '';
  sendXml(call, document('NotificationConfiguration', content));
}

export async function putBucketNotification(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  const request = readDocument(await receiveDocument(call), 'NotificationConfiguration');
  const names = request.children.map((child) => child.name);
  const unsupported = names.find((name) => NOTIFICATION_TARGETS.includes(name));
  if (unsupported !== undefined) throw notImplemented(`${unsupported}: only EventBridgeConfiguration`);
  if (names.some((name) => name !== 'EventBridgeConfiguration')) throw malformed();
  await change(call, { eventBridge: names.length > 0 });
}

/** Object Lock needs versions, so it switches them on. */
function lockSettings({ headers }: Call): Partial<BucketRecord> {
  const asked = headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true';
  return asked ? { versioning: 'Enabled', objectLock: {} } : {};
}

async function change(call: Call, settings: Partial<BucketRecord>): Promise<void> {
  const { buckets } = call.context;
  await buckets.save({ ...buckets.get(call.bucket), ...settings });
  sendEmpty(call, 200);
}

/** Buckets have no ACL of their own here but the private one. */
function refuseBucketAcl({ headers }: Call): void {
  const granted = Object.keys(headers).find((name) => name.startsWith('x-amz-grant-'));
  if (granted !== undefined) throw notImplemented(`the ACL of a bucket: ${granted}`);
  const acl = headers['x-amz-acl'];
  if (acl !== undefined && acl !== 'private') throw notImplemented(`the ACL of a bucket: ${acl}`);
}

function checkLocation(text: string, region: string): void {
  if (text === '') return;
  const constraint = textOf(readDocument(text, 'CreateBucketConfiguration'), 'LocationConstraint');
  if (constraint === undefined || constraint === '') return;
  if (constraint === 'us-east-1')
    throw new S3Error('InvalidLocationConstraint', undefined, { LocationConstraint: constraint });
  if (constraint !== region) {
    throw new S3Error(
      'IllegalLocationConstraintException',
      `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
}
