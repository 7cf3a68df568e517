import { GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { NO_KEY, succeeded, UNCHANGED } from './lines.ts';
import type { Expected, JobPlan, World } from './world.ts';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';

/** What a dry run says of an object with one tag, in a bucket with ACLs and Object Lock; and of one that is not there. */
const DRY_RUNS: readonly (readonly [flags: readonly string[], says: Expected, ofNothing?: Expected])[] = [
  [['delete-object-tagging'], succeeded('Would take off 1 tag')],
  [['merge-tags', '--tags', 'b=2'], succeeded('Would add 1, change 0 and take off 0 of 1 tag')],
  [['merge-tags', '--tags', 'a=1'], UNCHANGED],
  [
    ['put-object-acl', '--set', 'AccessControlPolicy.CannedAccessControlList=public-read'],
    succeeded('Would replace 1 grant by the canned ACL public-read'),
  ],
  [['put-object-legal-hold', '--set', 'LegalHold.Status=ON'], succeeded('Would turn the legal hold ON, which is OFF')],
  [
    ['put-object-retention', '--set', 'Retention={"Mode":"GOVERNANCE","RetainUntilDate":"2099-01-01T00:00:00Z"}'],
    succeeded('Would replace no retention by GOVERNANCE until 2099-01-01T00:00:00Z'),
  ],
  [
    ['update-object-encryption', '--set', `ObjectEncryption.SSEKMS.KMSKeyArn=${KEY}`],
    succeeded(`Would replace SSE-S3 by the key ${KEY}`),
  ],
  [['inspect'], succeeded(/^Would report \{"size":6,.*\}$/)],
  [
    ['compute-object-checksum'],
    succeeded('Would read 6 bytes'),
    { http: 200, code: 'PermanentFailure', message: /Key not found/ },
  ],
  [['move', '--to', 's3://lists/elsewhere'], succeeded(/^Would move /)],
];

export const DRY_RUN_CASES: Readonly<Record<string, (world: World) => Promise<JobPlan>>> = Object.fromEntries(
  DRY_RUNS.map(([flags, says, ofNothing = NO_KEY]) => [
    `DryRun: ${flags.slice(0, 3).join(' ')}`,
    async (world: World): Promise<JobPlan> => {
      const bucket = await world.bucket({ acls: true, lock: true });
      await world.put(bucket, 'a', { Body: '6bytes', Tagging: 'a=1' });
      const before = await stateOf(world, bucket);
      return {
        operation: ['--operation', ...flags, '--dry-run'],
        lines: [
          { bucket, key: 'a', says },
          { bucket, key: 'never/there', says: ofNothing },
        ],
        after: async () => expect(await stateOf(world, bucket)).toEqual(before),
      };
    },
  ]),
);

async function stateOf({ s3 }: World, Bucket: string): Promise<object> {
  const { $metadata: _, ...head } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }));
  return { head, TagSet };
}
