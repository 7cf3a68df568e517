import {
  GetObjectAclCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutObjectLegalHoldCommand,
} from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { DONE, missing, missingVersions, NO_KEY, refused, succeeded, UNCHANGED } from './lines.ts';
import type { Expected, JobPlan, World } from './world.ts';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
const FOREIGN_KEY = KEY.replace('000000000000', '999999999999');
const UNTIL = '2099-01-31T12:00:00Z';
const LOCKED = refused(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
const NO_ACLS = refused(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
const NOT_ARCHIVED: Expected = { http: 403, code: 'InvalidObjectState', message: /^Restore is not allowed/ };
const ACTIVE_TIER: Expected = {
  http: 403,
  code: 'ObjectAlreadyInActiveTierError',
  message: /active tier|storage tier/,
};
const RUNNING = refused(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');

/** ACLs, Object Lock, restores, encryption: what S3 keeps of an object beside its bytes. */
export const STATE_CASES: Readonly<Record<string, (world: World) => Promise<JobPlan>>> = {
  S3PutObjectAcl: async (world) => {
    const bucket = await world.bucket({ versions: true, acls: true });
    const without = await world.bucket();
    await world.put(bucket, 'a');
    await world.put(without, 'a');
    return {
      operation: { S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: 'public-read' } } },
      lines: [
        { bucket, key: 'a', says: DONE },
        { bucket: without, key: 'a', says: NO_ACLS },
        ...(await missing(world, bucket)),
      ],
      after: async () => {
        const { Grants = [] } = await world.s3.send(new GetObjectAclCommand({ Bucket: bucket, Key: 'a' }));
        expect(Grants.map(({ Permission }) => Permission).sort()).toEqual(['FULL_CONTROL', 'READ']);
      },
    };
  },

  'S3PutObjectAcl: SkipUnchanged': async (world) => {
    const bucket = await world.bucket({ versions: true, acls: true });
    const same = await world.put(bucket, 'is so', { ACL: 'public-read' });
    const other = await world.put(bucket, 'is not');
    return {
      operation: [
        ...['--operation', 'put-object-acl', '--skip-unchanged'],
        ...['--set', 'AccessControlPolicy.CannedAccessControlList=public-read'],
      ],
      lines: [
        { bucket, key: 'is so', version: same, says: UNCHANGED },
        { bucket, key: 'is not', version: other, says: DONE },
        ...(await missingVersions(world, bucket)),
      ],
    };
  },

  'S3PutObjectLegalHold: SkipUnchanged': async (world) => {
    const bucket = await world.bucket({ lock: true });
    const held = await world.put(bucket, 'held');
    await world.s3.send(new PutObjectLegalHoldCommand({ Bucket: bucket, Key: 'held', LegalHold: { Status: 'ON' } }));
    const free = await world.put(bucket, 'free');
    return {
      operation: ['--operation', 'put-object-legal-hold', '--set', 'LegalHold.Status=ON', '--skip-unchanged'],
      lines: [
        { bucket, key: 'held', version: held, says: UNCHANGED },
        { bucket, key: 'free', version: free, says: DONE },
        ...(await missingVersions(world, bucket)),
      ],
      after: async () => {
        const { LegalHold } = await world.s3.send(new GetObjectLegalHoldCommand({ Bucket: bucket, Key: 'free' }));
        expect(LegalHold).toEqual({ Status: 'ON' });
      },
    };
  },

  S3PutObjectLegalHold: async (world) => {
    const bucket = await world.bucket({ lock: true });
    await world.put(bucket, 'a');
    const unseen = await missing(world, bucket);
    return {
      operation: { S3PutObjectLegalHold: { LegalHold: { Status: 'ON' } } },
      // A bucket that is not there fails the whole job.
      lines: [{ bucket, key: 'a', says: DONE }, ...unseen.filter((line) => line.bucket === bucket)],
    };
  },

  S3PutObjectRetention: async (world) => {
    const bucket = await world.bucket({ lock: true });
    await world.put(bucket, 'free');
    const Strict = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date('2100-01-01') } as const;
    await world.put(bucket, 'strict', Strict);
    const unseen = await missing(world, bucket);
    return {
      operation: { S3PutObjectRetention: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: UNTIL } } },
      lines: [
        { bucket, key: 'free', says: DONE },
        { bucket, key: 'strict', says: LOCKED },
        ...unseen.filter((line) => line.bucket === bucket),
      ],
      after: async () => {
        const { Retention } = await world.s3.send(new GetObjectRetentionCommand({ Bucket: bucket, Key: 'free' }));
        expect(Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: new Date(UNTIL) });
      },
    };
  },

  'S3PutObjectRetention: taken away, from given versions': async (world) => {
    const bucket = await world.bucket({ lock: true });
    const ObjectLockRetainUntilDate = new Date(UNTIL);
    const loose = await world.put(bucket, 'loose', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate });
    const strict = await world.put(bucket, 'strict', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate });
    return {
      operation: [
        ...['--operation', 'put-object-retention', '--set', 'BypassGovernanceRetention=true'],
        ...['--set', 'Retention={}'],
      ],
      lines: [
        { bucket, key: 'loose', version: loose, says: DONE },
        { bucket, key: 'strict', version: strict, says: LOCKED },
        ...(await missingVersions(world, bucket)),
      ],
      after: async () => {
        const asked = { Bucket: bucket, Key: 'loose', VersionId: loose };
        expect(await world.s3.send(new HeadObjectCommand(asked))).not.toHaveProperty('ObjectLockMode', 'GOVERNANCE');
      },
    };
  },

  'S3PutObjectRetention: in a bucket without Object Lock': async (world) => {
    const bucket = await world.bucket({ versions: true });
    await world.put(bucket, 'a');
    return {
      operation: ['--operation', 'put-object-retention', '--parameters', '{"Retention": {}}'],
      lines: [{ bucket, key: 'a', says: DONE }],
      fails: {
        FailureCode: 'ObjectLockNotEnabled',
        FailureReason: expect.stringContaining(bucket) as unknown as string,
      },
    };
  },

  S3InitiateRestoreObject: async (world) => {
    const bucket = await world.bucket({ versions: true });
    for (const key of ['cold', 'twice']) await world.put(bucket, key, { StorageClass: 'GLACIER' });
    await world.put(bucket, 'warm');
    await world.put(bucket, 'tiered', { StorageClass: 'INTELLIGENT_TIERING' });
    return {
      operation: { S3InitiateRestoreObject: { ExpirationInDays: 3, GlacierJobTier: 'BULK' } },
      lines: [
        { bucket, key: 'cold', says: DONE },
        { bucket, key: 'twice', says: DONE },
        { bucket, key: 'twice', says: RUNNING },
        { bucket, key: 'warm', says: NOT_ARCHIVED },
        { bucket, key: 'tiered', says: ACTIVE_TIER },
        ...(await missing(world, bucket)),
      ],
      after: async () => {
        const { Restore } = await world.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'cold' }));
        expect(Restore).toContain('ongoing-request=');
      },
    };
  },

  'S3InitiateRestoreObject: given versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const old = await world.put(bucket, 'two', { StorageClass: 'GLACIER' });
    await world.put(bucket, 'two');
    return {
      operation: { S3InitiateRestoreObject: { ExpirationInDays: 1 } },
      lines: [{ bucket, key: 'two', version: old, says: DONE }, ...(await missingVersions(world, bucket))],
    };
  },

  'S3InitiateRestoreObject: DryRun': async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'cold', { StorageClass: 'DEEP_ARCHIVE' });
    await world.put(bucket, 'warm');
    const says = succeeded('Would restore from DEEP_ARCHIVE for 2 days, in the tier STANDARD');
    return {
      operation: ['--operation', 'initiate-restore-object', '--set', 'ExpirationInDays=2', '--dry-run'],
      lines: [
        { bucket, key: 'cold', says },
        { bucket, key: 'warm', says: NOT_ARCHIVED },
        { bucket, key: 'none', says: NO_KEY },
      ],
      after: async () => {
        const { Restore } = await world.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'cold' }));
        expect(Restore).toBeUndefined();
      },
    };
  },

  S3UpdateObjectEncryption: async (world) => {
    const bucket = await world.bucket({ lock: true });
    await world.put(bucket, 'a');
    await world.put(bucket, 'double', { ServerSideEncryption: 'aws:kms:dsse' });
    await world.put(bucket, 'held', { ObjectLockLegalHoldStatus: 'ON' });
    return {
      operation: { S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn: KEY } } } },
      lines: [
        { bucket, key: 'a', says: DONE },
        { bucket, key: 'double', says: { http: 400, code: 'InvalidRequest', message: /./ } },
        { bucket, key: 'held', says: { http: 403, code: 'AccessDenied', message: /./ } },
        ...(await missing(world, bucket)),
      ],
      after: async () => {
        const found = await world.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a' }));
        expect(found).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY });
      },
    };
  },

  'S3UpdateObjectEncryption: SkipUnchanged, given versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const same = await world.put(bucket, 'is so', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY });
    const other = await world.put(bucket, 'is not');
    return {
      operation: [
        ...['--operation', 'update-object-encryption', '--skip-unchanged'],
        ...['--set', `ObjectEncryption.SSEKMS.KMSKeyArn=${KEY}`],
      ],
      lines: [
        { bucket, key: 'is so', version: same, says: UNCHANGED },
        { bucket, key: 'is not', version: other, says: DONE },
        ...(await missingVersions(world, bucket)),
      ],
    };
  },

  "S3UpdateObjectEncryption: another account's KMS key": async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a');
    return {
      operation: [
        ...['--operation', 'update-object-encryption'],
        ...['--set', `ObjectEncryption.SSEKMS.KMSKeyArn=${FOREIGN_KEY}`],
      ],
      lines: [
        {
          bucket,
          key: 'a',
          says: { http: 403, code: 'AccessDenied', message: /must be owned by the same account as the bucket/ },
        },
      ],
    };
  },
};
