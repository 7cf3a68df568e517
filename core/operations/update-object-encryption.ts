import type { z } from 'zod';
import { headObject } from '../s3/requests/head-object.ts';
import { type S3KmsEncryption, updateObjectEncryptionRequest } from '../s3/requests/object-encryption.ts';
import { type Clock, systemClock } from '../signed-http/clock.ts';
import type { Examination } from './examination.ts';
import { SMALL_REQUESTS_IN_FLIGHT } from './in-flight.ts';
import type { Operation } from './operation.ts';
import { s3Failed, s3Result } from './s3-result.ts';
import { PARAMETERS } from './schema.ts';
import { failed } from './task-result.ts';

const parameters = PARAMETERS.S3UpdateObjectEncryption;
type Parameters = z.infer<typeof parameters>;
type Headers = Readonly<Record<string, string>>;

export const updateObjectEncryption: Operation<Parameters> = createUpdateObjectEncryption(systemClock);

/** @param clock tells which retentions are over. */
export function createUpdateObjectEncryption(clock: Clock): Operation<Parameters> {
  return {
    name: 'S3UpdateObjectEncryption',
    summary: 'Puts each object under a KMS key where it is, without a copy.',
    schema: parameters,
    roleActions: [
      's3:GetObject',
      's3:GetObjectVersion',
      's3:PutObject',
      's3:UpdateObjectEncryption',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'kms:Encrypt',
      'kms:ReEncrypt*',
    ],
    // Without them HEAD does not say whether the object is locked.
    examineActions: ['s3:GetObjectRetention', 's3:GetObjectLegalHold'],
    concurrency: SMALL_REQUESTS_IN_FLIGHT,
    invokesFunctions: false,
    repetition: 'Encrypts the object’s key with the same KMS key again: nothing else changes.',
    differences: [],
    knowsUnchanged: true,
    tasksPerShard: () => 5_000,
    requestsPerTask: (asked) => ({ writes: 1, kms: encryptionOf(asked).BucketKeyEnabled === true ? 0 : 1 }),
    checkRequest: (_, { ObjectEncryption }) =>
      ObjectEncryption?.SSEKMS === undefined
        ? [
            {
              path: 'Operation.S3UpdateObjectEncryption.ObjectEncryption.SSEKMS',
              says: 'is missing: it must name the KMS key, the only kind of encryption that objects can be changed to',
            },
          ]
        : [],
    async examine(task, asked, { s3, signal }) {
      const reply = await headObject(s3, task, signal);
      if (!reply.ok) return { finding: 'failure', result: s3Failed(reply) };
      return judge(reply.headers, encryptionOf(asked), clock.now());
    },
    async execute(task, asked, { s3, signal }) {
      return s3Result(await s3.send(updateObjectEncryptionRequest(task, encryptionOf(asked)), signal));
    },
  };
}

function encryptionOf({ ObjectEncryption }: Parameters): S3KmsEncryption {
  const encryption = ObjectEncryption?.SSEKMS;
  if (encryption === undefined) throw new Error('an encryption job without a key passed validation');
  return encryption;
}

/** What S3 would do, by what HEAD says of an object. Source: API reference, UpdateObjectEncryption. */
function judge(headers: Headers, { KMSKeyArn, BucketKeyEnabled = false }: S3KmsEncryption, now: number): Examination {
  const algorithm = headers['x-amz-server-side-encryption'];
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    const found = algorithm === undefined ? 'is not encrypted by S3' : `has ${algorithm}`;
    const says = `The object ${found}: only objects encrypted with SSE-S3 or SSE-KMS can be changed`;
    return { finding: 'failure', result: failed(400, 'InvalidRequest', says) };
  }
  const key = headers['x-amz-server-side-encryption-aws-kms-key-id'];
  const bucketKey = headers['x-amz-server-side-encryption-bucket-key-enabled'] === 'true';
  if (algorithm === 'aws:kms' && key === KMSKeyArn && bucketKey === BucketKeyEnabled) return { finding: 'unchanged' };
  const lock = lockIn(headers, now);
  if (lock !== undefined) {
    const says = `The object has ${lock}, and Object Lock keeps its encryption from being changed`;
    return { finding: 'failure', result: failed(403, 'AccessDenied', says) };
  }
  const before = algorithm === 'AES256' ? 'SSE-S3' : `the key ${key}${bucketKey ? ' by a bucket key' : ''}`;
  return {
    finding: 'change',
    says: `Would replace ${before} by the key ${KMSKeyArn}${BucketKeyEnabled ? ' by a bucket key' : ''}`,
  };
}

function lockIn(headers: Headers, now: number): string | undefined {
  if (headers['x-amz-object-lock-legal-hold'] === 'ON') return 'a legal hold';
  const until = headers['x-amz-object-lock-retain-until-date'];
  if (until === undefined || Date.parse(until) <= now) return undefined;
  return `${headers['x-amz-object-lock-mode']} retention until ${until}`;
}
