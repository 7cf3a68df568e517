import { z } from 'zod';

/**
 * The simple types of S3 Control's model (2018-08-20), with its limits. Every message says what would be right, and is
 * made to follow the member's name: "Priority must be …". `inWords` is what documents say a member is.
 */

/** Characters as S3 counts them: Unicode code points. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** What XML 1.0 (section 2.2, Char) cannot carry: such a text could never be shown to a client that speaks XML. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Text of so many characters, all of which both languages of the API can carry. */
export function text(minimum: number, maximum: number) {
  const checked = z.string().check((context) => {
    const length = characters(context.value);
    const unfit = NOT_XML.exec(context.value)?.[0].codePointAt(0);
    const message =
      length < minimum || length > maximum
        ? `must have ${minimum} to ${maximum} characters, but has ${length}`
        : unfit !== undefined
          ? `has the character U+${unfit.toString(16).toUpperCase().padStart(4, '0')}, which XML cannot carry`
          : undefined;
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  });
  return checked.meta({ inWords: `text of ${minimum} to ${maximum} characters` });
}

/** Text of a form: `like` says in words or by example what is right. */
function formed(minimum: number, maximum: number, pattern: RegExp, like: string) {
  return text(minimum, maximum)
    .regex(pattern, { error: `must be ${like}` })
    .meta({ inWords: like });
}

export const accountId = formed(12, 12, /^\d{12}$/, 'an account: 12 digits');

export const bucketArn = formed(
  1,
  128,
  /^arn:[^:]+:s3:[^\r\n]*$/,
  'the ARN of a bucket, like arn:aws:s3:::amzn-s3-demo-bucket',
);

/** Also a directory bucket's ARN. */
export const targetBucketArn = formed(
  1,
  128,
  /^arn:[^:]+:(s3|s3express):[^\r\n]*$/,
  'the ARN of a bucket, like arn:aws:s3:::amzn-s3-demo-bucket',
);

export const objectArn = formed(
  1,
  2000,
  /^arn:[^:]+:s3:.*$/s,
  'the ARN of an object, like arn:aws:s3:::amzn-s3-demo-bucket/manifest.csv',
);

/** Printable ASCII only: what IAM allows in paths and names of roles. */
export const roleArn = formed(
  1,
  2048,
  /^arn:[^:]+:iam::\d{12}:role\/[\u0021-\u007e]+$/,
  'the ARN of a role, like arn:aws:iam::111122223333:role/drover/batch',
);

/** A function's name, part of its ARN or the whole, with or without version or alias (the model's pattern). */
export const functionArn = formed(
  1,
  1024,
  /^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-\d:)?(\d{12}:)?(function:)?[a-zA-Z0-9_-]+(:(\$LATEST|[a-zA-Z0-9_-]+))?$/,
  'the ARN of a Lambda function, like arn:aws:lambda:us-east-1:111122223333:function:my-function',
);

export const kmsKeyId = text(1, 2000).meta({ inWords: 'the id, the ARN or the alias of a KMS key' });

export const kmsKeyArn = formed(
  20,
  2048,
  /^arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-zA-Z0-9-]+$/,
  'the ARN of a KMS key, like arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
);

export const versionId = text(1, 2000);

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** An instant, kept as it was spelled: ISO 8601, up to nine digits of a second's fraction. */
export const timestamp = z
  .string()
  .refine((value) => TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value)), {
    error: 'must be a time in ISO 8601, like 2026-01-31T12:00:00Z',
  })
  .meta({ lexical: 'timestamp', inWords: 'a time, like 2026-01-31T12:00:00Z' });

const JOB_PRIORITY_MAXIMUM = 2_147_483_647;
export const jobPriority = z.int().min(0).max(JOB_PRIORITY_MAXIMUM);

export const statusUpdateReason = text(1, 256);

/** Ids are UUIDs; S3 Control's own pattern is wider. */
export const jobId = formed(5, 36, /^[a-zA-Z0-9_-]+$/, 'the id of a job, like 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c');

export const topicArn = formed(
  1,
  2048,
  /^arn:[^:]+:sns:[^:]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
  'the ARN of an SNS topic, like arn:aws:sns:us-east-1:111122223333:jobs',
);

export const storageClass = z.enum([
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'GLACIER',
  'INTELLIGENT_TIERING',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const TAG_CHARACTERS = 'made of letters, digits, spaces and _ . : / = + - @';

export const tagKey = formed(1, 128, tagText, TAG_CHARACTERS)
  .refine((key) => !/^aws:/i.test(key), { error: 'must not begin with aws:, which is reserved for AWS' })
  .meta({ inWords: 'the key of a tag' });

export const tagValue = formed(0, 256, tagText, TAG_CHARACTERS);

/** A tag of a job or an object (S3Tag). */
export const tag = z.strictObject({ Key: tagKey, Value: tagValue });
export type Tag = z.infer<typeof tag>;

/** Tags whose keys differ (case matters), at most so many. */
export function tagSet(maximum: number, value: z.ZodString = tagValue) {
  const checked = z.array(tag.extend({ Value: value })).check((context) => {
    const keys = context.value.map((each) => each.Key);
    const twice = keys.slice(0, maximum).find((key, index) => keys.indexOf(key) !== index);
    const message =
      keys.length > maximum
        ? `must have at most ${maximum} tags, but has ${keys.length}`
        : twice !== undefined
          ? `must not have the key ${JSON.stringify(twice)} twice`
          : undefined;
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  });
  return checked.meta({ inWords: `a list of at most ${maximum} tags, each a Key and a Value` });
}
