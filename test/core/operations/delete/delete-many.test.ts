import { describe, expect, test } from '@jest/globals';
import { createDeleteObject } from '../../../../core/operations/delete-object.ts';
import type { S3Reply } from '../../../../core/s3/s3-data-client.ts';
import { VirtualClock } from '../../signed-http/virtual-clock.ts';
import { failedLine, SUCCESSFUL, taskOf } from '../local-s3.ts';
import { answer, contextOf, refusal, ScriptedS3 } from '../task-context.ts';

describe('what DeleteObjects says of single keys', () => {
  const tasks = ['a', 'b', 'c'].map((key) => taskOf('bkt', key));
  const deleted = (...keys: string[]) => keys.map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join('');
  const error = (key: string, code: string) =>
    `<Error><Key>${key}</Key><Code>${code}</Code><Message>${code}!</Message></Error>`;
  const results = (body: string) =>
    answer(`<DeleteResult>${body}</DeleteResult>`, { 'x-amz-request-id': 'R1', 'x-amz-id-2': 'H1=' });
  const run = async (...replies: S3Reply[]) => {
    const s3 = new ScriptedS3(...replies);
    const clock = new VirtualClock();
    const lines = await createDeleteObject(clock).batch!.execute(tasks, {}, contextOf({ s3 }));
    return { lines, clock, keys: s3.requests.map(({ key, body }) => key ?? keysIn(String(body?.bytes))) };
  };
  const keysIn = (body: string) => [...body.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key).join('');

  test.each([
    ['AccessDenied', 403],
    ['InvalidArgument', 400],
    ['MethodNotAllowed', 405],
    ['SomethingNew', 400],
  ])('is the line of that key: %s has the status %i', async (code, status) => {
    const { lines, keys } = await run(results(deleted('a', 'c') + error('b', code)));
    expect(lines).toEqual([SUCCESSFUL, failedLine(status, code, `${code}!`), SUCCESSFUL]);
    expect(lines[1]?.message).toContain('Request ID: R1; S3 Extended Request ID: H1=;');
    expect(keys).toEqual(['abc']);
  });

  test.each([
    ['InternalError', 500],
    ['SlowDown', 503],
    ['ServiceUnavailable', 503],
    ['OperationAborted', 409],
  ])('is tried again, those keys only, while it may pass: %s', async (code, status) => {
    const failing = results(error('a', code) + deleted('b') + error('c', code));
    const { lines, keys, clock } = await run(failing, results(deleted('a', 'c')));
    expect([lines, keys, clock.sleeps]).toEqual([[SUCCESSFUL, SUCCESSFUL, SUCCESSFUL], ['abc', 'ac'], [50]]);
    const stays = await run(failing, results(error('a', code) + error('c', code)));
    expect(stays.lines).toEqual([
      failedLine(status, code, `${code}!`),
      SUCCESSFUL,
      failedLine(status, code, `${code}!`),
    ]);
    expect(stays.keys.length).toBeGreaterThan(5);
    expect(stays.keys.length).toBeLessThanOrEqual(15);
  });

  test('is asked again key by key where it says nothing, or cannot be read', async () => {
    const silent = await run(results(deleted('a', 'c')), answer('', {}, 204));
    expect([silent.lines, silent.keys]).toEqual([
      [SUCCESSFUL, SUCCESSFUL, SUCCESSFUL],
      ['abc', 'b'],
    ]);
    const garbled = await run(answer('<DeleteResult><Deleted>'), refusal(403, 'AccessDenied', 'No'));
    expect(garbled.lines).toEqual(tasks.map(() => failedLine(403, 'AccessDenied', 'No')));
    expect(garbled.keys).toEqual(['abc', 'a', 'b', 'c']);
  });

  test.each([
    [400, 'MalformedXML'],
    [403, 'AccessDenied'],
    [405, 'MethodNotAllowed'],
    [501, 'NotImplemented'],
  ])('a refusal of the whole request (%i %s) has each key asked for itself', async (status, code) => {
    const { lines, keys } = await run(refusal(status, code, 'All'), answer(), refusal(404, 'NoSuchKey', '-'), answer());
    expect([lines, keys]).toEqual([
      [SUCCESSFUL, SUCCESSFUL, SUCCESSFUL],
      ['abc', 'a', 'b', 'c'],
    ]);
  });

  test.each([
    [404, 'NoSuchBucket'],
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [0, 'ConnectionFailed'],
  ])('a refusal that all keys share (%i %s) is the line of each', async (status, code) => {
    const { lines, keys } = await run(refusal(status, code, 'All'));
    expect(lines).toEqual(tasks.map(() => expect.objectContaining({ httpStatus: status, errorCode: code })));
    expect(keys).toEqual(['abc']);
  });
});
