import { describe, expect, test } from '@jest/globals';
import { headObject, headObjectRequest } from '../../../../core/s3/requests/head-object.ts';
import { answer, refusal, ScriptedS3 } from '../../operations/task-context.ts';

const OBJECT = { bucket: 'photos', key: 'a b', versionId: 'v1' };
const { versionId: _, ...CURRENT } = OBJECT;
const never = new AbortController().signal;

describe('HeadObject', () => {
  test('asks for no more than it is told to', () => {
    expect(headObjectRequest(OBJECT)).toEqual({ method: 'HEAD', ...OBJECT, headers: {} });
    expect(headObjectRequest(CURRENT, { checksum: true, requestPayer: true })).toEqual({
      method: 'HEAD',
      ...CURRENT,
      versionId: undefined,
      headers: { 'x-amz-checksum-mode': 'ENABLED', 'x-amz-request-payer': 'requester' },
    });
  });

  test('gives an answer as it is', async () => {
    const reply = answer('', { 'content-length': '5' });
    expect(await headObject(new ScriptedS3(reply), OBJECT, never)).toBe(reply);
  });

  test.each([
    [404, CURRENT, 'NoSuchKey', 'The specified key does not exist.'],
    [404, OBJECT, 'NoSuchVersion', 'The specified version does not exist.'],
    [405, OBJECT, 'MethodNotAllowed', 'The specified method is not allowed against this resource.'],
    [403, OBJECT, 'AccessDenied', 'Access Denied'],
    [412, OBJECT, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold'],
    [400, OBJECT, 'BadRequest', 'Bad Request'],
  ])('words a refusal with status %i of %j as %s', async (status, object, code, message) => {
    const s3 = new ScriptedS3(refusal(status, code === 'BadRequest' ? code : 'Status', 'Bad Request'));
    const reply = await headObject(s3, object, never);
    expect(reply).toEqual({ ...refusal(status, code, message) });
  });
});
