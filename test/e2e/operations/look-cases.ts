import { createHash } from 'node:crypto';
import {
  AWKWARD_KEYS,
  BAD_VERSION,
  EMPTY_VERSION,
  MARKER,
  missing,
  missingVersions,
  NO_KEY,
  NO_VERSION,
  succeeded,
} from './lines.ts';
import type { Expected, JobPlan, World } from './world.ts';

/** JSON in a report that has at least these members. */
function describing(...members: readonly string[]): Expected {
  return succeeded(new RegExp(`^\\{${members.map((member) => `(?=.*${member})`).join('')}.*\\}$`));
}

function checksumOf(body: string): Expected {
  const digest = createHash('sha256').update(body).digest();
  const base64 = digest.toString('base64').replaceAll('=', '\\u003d');
  const etag = createHash('md5').update(body).digest('hex');
  return succeeded(
    `{"checksum_base64":"${base64}","etag":"${etag}","checksumAlgorithm":"SHA256","checksumType":"FULL_OBJECT",` +
      `"checksum_hex":"${digest.toString('hex').toUpperCase()}"}`,
  );
}

const NOT_FOUND: Expected = {
  http: 200,
  code: 'PermanentFailure',
  message: /^error details: \{"failureMessage":"Task \S+ Key not found", "errorCode": "404"\}$/,
};

/** Operations that only read. */
export const LOOK_CASES: Readonly<Record<string, (world: World) => Promise<JobPlan>>> = {
  'Inspect: current versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    for (const key of AWKWARD_KEYS) await world.put(bucket, key, { Tagging: 'project=atlas', ContentType: 'text/x-a' });
    await world.put(bucket, 'cold', { StorageClass: 'DEEP_ARCHIVE' });
    return {
      operation: ['--operation', 'inspect'],
      lines: [
        ...AWKWARD_KEYS.map((key) => ({
          bucket,
          key,
          says: describing(
            `"size":${Buffer.byteLength(`body of ${key}`)}`,
            '"storageClass":"STANDARD"',
            '"contentType":"text/x-a"',
            '"encryption":\\{"algorithm":"AES256"\\}',
            '"tags":\\{"project":"atlas"\\}',
          ),
        })),
        { bucket, key: 'cold', says: describing('"storageClass":"DEEP_ARCHIVE"') },
        ...(await missing(world, bucket, NO_KEY)),
      ],
    };
  },

  'Inspect: given versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const old = await world.put(bucket, 'two', { Body: 'first' });
    await world.put(bucket, 'two', { Body: 'the second' });
    return {
      operation: ['--operation', 'inspect'],
      lines: [
        { bucket, key: 'two', version: old, says: describing('"size":5', `"versionId":"${old}"`) },
        ...(await missingVersions(world, bucket)),
      ],
    };
  },

  S3ComputeObjectChecksum: async (world) => {
    const bucket = await world.bucket({ versions: true });
    for (const key of AWKWARD_KEYS) await world.put(bucket, key);
    await world.put(bucket, 'cold', { StorageClass: 'GLACIER' });
    const unseen = await missing(world, bucket);
    return {
      operation: { S3ComputeObjectChecksum: { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' } },
      lines: [
        ...AWKWARD_KEYS.map((key) => ({ bucket, key, says: checksumOf(`body of ${key}`) })),
        { bucket, key: 'cold', says: { http: 403, code: 'InvalidObjectState', message: /storage class/ } },
        ...unseen.map((line) => (line.says.code === 'NoSuchBucket' ? line : { ...line, says: NOT_FOUND })),
      ],
    };
  },

  'S3ComputeObjectChecksum: given versions': async (world) => {
    const bucket = await world.bucket({ versions: true });
    const old = await world.put(bucket, 'two', { Body: 'first' });
    await world.put(bucket, 'two', { Body: 'the second' });
    const unseen = await missingVersions(world, bucket);
    const says = new Map([
      [NO_VERSION, NOT_FOUND],
      [BAD_VERSION, BAD_VERSION],
      [MARKER, MARKER],
      [EMPTY_VERSION, EMPTY_VERSION],
    ]);
    return {
      operation: ['--operation', 'compute-object-checksum', '--set', 'ChecksumAlgorithm=SHA256'],
      lines: [
        { bucket, key: 'two', version: old, says: checksumOf('first') },
        ...unseen.map((line) => ({ ...line, says: says.get(line.says) ?? line.says })),
      ],
    };
  },
};
