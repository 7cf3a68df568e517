import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { PutBucketOwnershipControlsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { carryOut, type WorkerJob } from '../../../core/engine/worker-job.ts';
import type { StoredRequest } from '../../../core/job/records.ts';
import type { LambdaDataClient } from '../../../core/lambda/lambda-data-client.ts';
import { LineColumns } from '../../../core/manifest/line-form.ts';
import { OPERATIONS } from '../../../core/operations/registry.ts';
import { type LocalS3, startLocalS3 } from './local-s3.ts';
import { anyKey, encodeKey, LONGEST, ODD, ODDER, SAMPLES, type Sample } from './samples.ts';

let local: LocalS3;
let bucket: string;
let other: string;
beforeAll(async () => {
  local = await startLocalS3();
  bucket = await local.s3.bucket({ objectLock: true });
  other = await local.s3.bucket({ versioned: true });
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
  await local.s3.client.send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls }));
});
afterAll(() => local.stop());

const LAMBDA = {
  parameters: { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f' },
  readsOnly: true,
} as const;
const sampleOf = (name: string): Sample => ({ ...SAMPLES, LambdaInvoke: LAMBDA })[name] as Sample;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** A function that tells the hash of the key that it was given. */
const lambda: LambdaDataClient = {
  async invoke(_, payload) {
    const event = JSON.parse(payload);
    const results = event.tasks.map(({ taskId, s3Key }: { taskId: string; s3Key: string }) => {
      return { taskId, resultCode: 'Succeeded', resultString: md5(decodeURIComponent(s3Key)) };
    });
    const { invocationSchemaVersion, invocationId } = event;
    return {
      ok: true,
      payload: JSON.stringify({ invocationSchemaVersion, invocationId, results }),
    };
  },
};

/** Keys that a client would make of this one if it resolved, decoded, trimmed, cut or normalized it. */
function neighboursOf(key: string): string[] {
  const made = [
    key.replace(/\/+/g, '/'),
    key.replace(/^\/+/, ''),
    key.replace(/\/+$/, ''),
    `/${key}`,
    `${key}/`,
    `${bucket}/${key}`,
    posix.normalize(key),
    key
      .split('/')
      .filter((segment) => segment !== '.' && segment !== '..')
      .join('/'),
    encodeURIComponent(key),
    encodeURI(key),
    decoded(key),
    key.replaceAll('+', ' '),
    key.replaceAll(' ', '+'),
    key.trim(),
    key.replace(/[?#].*$/s, ''),
    key.replaceAll('\\', '/'),
    key.replaceAll('\r\n', '\n'),
    key.normalize('NFC'),
    key.normalize('NFD'),
    key.toLowerCase(),
  ];
  return made.filter((one) => one !== '' && Buffer.byteLength(one) <= 1_024);
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

async function raw(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  return await local.s3.send({ method, path, headers, ...(body !== undefined && { body }) });
}

async function putAll(keys: readonly string[], { storageClass = 'STANDARD' }: Sample): Promise<void> {
  const headers = { 'x-amz-storage-class': storageClass, 'x-amz-tagging': 'before=it' };
  for (const key of keys) {
    expect(await raw('PUT', `/${bucket}/${encodeKey(key)}`, key, headers)).toMatchObject({ status: 200 });
    await raw('DELETE', `/${other}/${encodeKey(key)}`);
  }
}

/** What can be seen of each key. */
async function look(keys: readonly string[], { shows, after }: Sample): Promise<string[]> {
  const seen: string[] = [];
  for (const key of keys) {
    const own = await state(bucket, key, shows);
    seen.push(after === 'copied' || after === 'moved' ? `${own} ${await state(other, key)}` : own);
  }
  return seen;
}

async function state(at: string, key: string, shows?: Sample['shows']): Promise<string> {
  const path = `/${at}/${encodeKey(key)}`;
  if (shows !== undefined) return (await raw('GET', `${path}?${shows}`)).body;
  const { status, headers } = await raw('HEAD', path);
  const { etag, 'x-amz-version-id': version } = headers;
  const told = Object.entries(headers).filter(([name]) => /^x-amz-(server-side|object-lock|restore)/.test(name));
  return JSON.stringify([status, etag, version, told]);
}

describe.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  const sample = sampleOf(name);

  test('does what the manifest’s lines say to just their objects, and reports them as they are spelled', async () => {
    const { parameters } = sample;
    const stored = { request: {} } as StoredRequest;
    const context = { ...local.context, lambda };
    const job: WorkerJob = {
      stored,
      columns: new LineColumns({ columns: ['Bucket', 'Key'] }),
      operation,
      parameters,
      context,
    };
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyKey, { minLength: 1, maxLength: 12 }), async (keys) => {
        const all = [...new Set([...keys, ...keys.flatMap(neighboursOf)])];
        await putAll(all, sample);
        const before = await look(all, sample);

        const lines = keys.map((key, index) => ({ line: `${bucket},${encodeKey(key)}`, taskId: `0-${index}` }));
        const finished = await carryOut(job, context, lines);
        for (const [index, { row }] of finished.entries()) {
          expect(row.startsWith(`${lines[index]?.line},,succeeded,200,,`) ? '' : row).toBe('');
          if (sample.readsOnly) expect(row).toContain(told(name, keys[index] ?? ''));
        }

        const after = await look(all, sample);
        const changed = all.filter((_, index) => after[index] !== before[index]);
        expect(changed.sort()).toEqual(sample.readsOnly ? [] : [...keys].sort());
      }),
      { numRuns: 4, examples: [[[...ODD, ...ODDER]], [LONGEST]] },
    );
  });
});

/** What the report has of an object's own: its ETag, or what the function says. The body of each is its key. */
function told(name: string, key: string): string {
  return name === 'S3ComputeObjectChecksum' ? `""etag"":""${md5(key)}""` : md5(key);
}
