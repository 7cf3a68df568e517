import { describe, expect, test } from '@jest/globals';
import { JobTrouble } from '../../../core/job/job-trouble.ts';
import { putObjectTagging } from '../../../core/operations/put-object-tagging.ts';
import { putObjectTaggingRequest } from '../../../core/s3/requests/object-tagging.ts';
import type { S3Reply } from '../../../core/s3/s3-data-client.ts';
import { answer, contextOf, refusal, ScriptedS3, TASK } from './task-context.ts';

const TAGS = { TagSet: [{ Key: 'project', Value: 'drover' }] };

const REFUSAL = refusal(404, 'NoSuchKey', 'The key is not there.');

describe('S3PutObjectTagging', () => {
  test.each<[string, S3Reply, object]>([
    ['a success', answer(), { status: 'succeeded', httpStatus: 200, errorCode: '', message: 'Successful' }],
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
    const s3 = new ScriptedS3(reply);
    expect(await putObjectTagging.execute(TASK, TAGS, contextOf({ s3 }))).toEqual(line);
    expect(s3.requests).toEqual([putObjectTaggingRequest(TASK, TAGS.TagSet)]);
  });

  test('lets the trouble of the whole job through', async () => {
    const s3 = new ScriptedS3(new JobTrouble('CredentialsRefused', 'no'));
    await expect(putObjectTagging.execute(TASK, TAGS, contextOf({ s3 }))).rejects.toThrow(JobTrouble);
  });

  const tagging = (...tags: string[]) =>
    answer(
      `<Tagging><TagSet>${tags.map((k) => `<Tag><Key>${k}</Key><Value>drover</Value></Tag>`).join('')}</TagSet></Tagging>`,
    );

  test.each<[string, S3Reply, object]>([
    ['other tags', tagging('project', 'b'), { finding: 'change', says: 'Would replace 2 tags by 1' }],
    ['no tags', tagging(), { finding: 'change', says: 'Would replace 0 tags by 1' }],
    ['the same tags', tagging('project'), { finding: 'unchanged' }],
    ['nothing', REFUSAL, { finding: 'failure', result: { status: 'failed', errorCode: 'NoSuchKey' } }],
  ])('finds, where there are %s, what is to do', async (_, reply, found) => {
    const context = contextOf({ s3: new ScriptedS3(reply) });
    expect(await putObjectTagging.examine(TASK, TAGS, context)).toMatchObject(found);
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
