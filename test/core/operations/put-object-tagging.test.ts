import { describe, expect, test } from '@jest/globals';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import { putObjectTagging } from '../../../core/operations/put-object-tagging.ts';
import type { S3DataClient, S3Reply } from '../../../core/s3/s3-data-client.ts';
import { contextOf, TASK } from './task-context.ts';

const TAGS = { TagSet: [{ Key: 'project', Value: 'drover' }] };

function answering(reply: S3Reply | Error) {
  const calls: unknown[] = [];
  const s3: S3DataClient = {
    async putObjectTagging(object, tags) {
      calls.push([object, tags]);
      if (reply instanceof Error) throw reply;
      return reply;
    },
  } as Partial<S3DataClient> as S3DataClient;
  return { context: contextOf({ s3 }), calls };
}

const REFUSAL = {
  ok: false,
  httpStatus: 404,
  code: 'NoSuchKey',
  message: 'The key is not there.',
  requestId: 'R1',
  extendedRequestId: 'H1=',
} as const;

describe('S3PutObjectTagging', () => {
  test.each<[string, S3Reply, object]>([
    [
      'a success',
      { ok: true, httpStatus: 200, headers: {}, body: '' },
      { status: 'succeeded', httpStatus: 200, errorCode: '', message: 'Successful' },
    ],
    [
      'a refusal',
      REFUSAL,
      {
        status: 'failed',
        httpStatus: 404,
        errorCode: 'NoSuchKey',
        message:
          'The key is not there. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; Request ID: R1; ' +
          'S3 Extended Request ID: H1=; Proxy: null)',
      },
    ],
    [
      'no answer',
      { ...REFUSAL, httpStatus: 0, code: 'ConnectionFailed', message: 'http://x gave no answer: reset' },
      { status: 'failed', httpStatus: 0, errorCode: 'ConnectionFailed', message: 'http://x gave no answer: reset' },
    ],
    [
      'a refusal that says too much',
      { ...REFUSAL, code: 'C'.repeat(500), message: 'x'.repeat(5_000) },
      { status: 'failed', httpStatus: 404, errorCode: 'C'.repeat(128), message: 'x'.repeat(1_024) },
    ],
  ])('reports %s', async (_, reply, line) => {
    const { context, calls } = answering(reply);
    expect(await putObjectTagging.execute(TASK, TAGS, context)).toEqual(line);
    expect(calls).toEqual([[TASK, TAGS.TagSet]]);
  });

  test('lets the trouble of the whole job through', async () => {
    const { context } = answering(new JobTrouble('CredentialsRefused', 'no'));
    await expect(putObjectTagging.execute(TASK, TAGS, context)).rejects.toThrow(JobTrouble);
  });

  test.each([
    [{ TagSet: [] }, true],
    [{ TagSet: [{ Key: 'a', Value: '' }] }, true],
    [{ TagSet: Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }, false],
    [
      {
        TagSet: [
          { Key: 'a', Value: '1' },
          { Key: 'a', Value: '2' },
        ],
      },
      false,
    ],
    [{ TagSet: [{ Key: '', Value: '1' }] }, false],
  ])('takes the parameters %j: %s', (parameters, valid) => {
    expect(putObjectTagging.schema.safeParse(parameters).success).toBe(valid);
  });
});
