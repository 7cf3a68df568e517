import type { Call } from '../protocol/call.ts';
import { receiveDocument } from '../protocol/payload.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { malformed, readDocument, textOf } from '../protocol/xml-reader.ts';
import { document, element } from '../protocol/xml-writer.ts';
import { invalidArgument, S3Error } from '../s3-error.ts';
import type { ObjectOwnership } from '../storage/records.ts';

const SETTINGS: readonly string[] = [
  'BucketOwnerEnforced',
  'BucketOwnerPreferred',
  'ObjectWriter',
] satisfies ObjectOwnership[];

/** The ownership that CreateBucket asks for; undefined: S3's default. Throws InvalidArgument. */
export function readOwnershipHeader({ headers }: Call): ObjectOwnership | undefined {
  const asked = headers['x-amz-object-ownership'];
  if (asked === undefined || isOwnership(asked)) return asked;
  throw invalidArgument('x-amz-object-ownership', asked, `Invalid x-amz-object-ownership header: ${asked}`);
}

export async function getBucketOwnershipControls(call: Call): Promise<void> {
  const { name, ownership = 'BucketOwnerEnforced' } = call.context.buckets.get(call.bucket);
  if (ownership === 'removed') throw new S3Error('OwnershipControlsNotFoundError', undefined, { BucketName: name });
  sendXml(call, document('OwnershipControls', `<Rule>${element('ObjectOwnership', ownership)}</Rule>`));
}

export async function putBucketOwnershipControls(call: Call): Promise<void> {
  call.context.buckets.get(call.bucket);
  const { children } = readDocument(await receiveDocument(call), 'OwnershipControls');
  const [rule, ...others] = children;
  const ownership = rule?.name === 'Rule' ? textOf(rule, 'ObjectOwnership') : undefined;
  if (ownership === undefined || !isOwnership(ownership) || others.length > 0) throw malformed();
  await save(call, ownership);
  sendEmpty(call, 200);
}

/** A bucket without controls is as it was before there were any: ACLs count. */
export async function deleteBucketOwnershipControls(call: Call): Promise<void> {
  await save(call, 'removed');
  sendEmpty(call, 204);
}

async function save(call: Call, ownership: ObjectOwnership | 'removed'): Promise<void> {
  const { buckets } = call.context;
  await buckets.save({ ...buckets.get(call.bucket), ownership });
}

function isOwnership(text: string): text is ObjectOwnership {
  return SETTINGS.includes(text);
}
