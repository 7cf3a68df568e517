import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { TaskResult } from '../../../core/operations/task-result.ts';
import { reportManifest } from '../../../core/report/report-manifest.ts';
import { reportRow } from '../../../core/report/report-row.ts';

const result = (status: TaskResult['status'], httpStatus: number, errorCode: string, message: string): TaskResult => {
  return { status, httpStatus, errorCode, message };
};

describe("lines of S3's own reports come out byte for byte", () => {
  test('the report whose MD5 is known', () => {
    const row = (manifestKey: string, versionId: string): string =>
      reportRow(
        { bucket: 'example-source-bucket', key: manifestKey, manifestKey, versionId },
        result('succeeded', 200, '', 'success'),
      );
    const report =
      row('null-b.txt', 'null') + row('null-a.txt', 'null') + row('real-c.txt', 's6APnfF_JsFwgASf8NsprnRnUaBqVaiP');
    expect(Buffer.byteLength(report)).toBe(214);
    expect(createHash('md5').update(report).digest('hex')).toBe('3b20a5f41761b65d63280e41597a7cf7');
  });

  test.each([
    [
      'bucket',
      'prefix/file',
      '',
      result('failed', 400, 'InvalidRequest', 'Task failed due to missing VersionId'),
      'bucket,prefix/file,\\N,failed,400,InvalidRequest,Task failed due to missing VersionId\r\n',
    ],
    [
      'bucket',
      'image_14975',
      undefined,
      result('failed', 200, 'PermanentFailure', 'Lambda returned function error: {"errorMessage":"x"}'),
      'bucket,image_14975,,failed,200,PermanentFailure,"Lambda returned function error: {""errorMessage"":""x""}"\r\n',
    ],
    [
      'bucket',
      'a,b',
      undefined,
      result('succeeded', 200, '', 'line\nbreak'),
      'bucket,"a,b",,succeeded,200,,"line\nbreak"\r\n',
    ],
    [
      'bucket',
      'pct%2520literal.txt',
      undefined,
      result('succeeded', 200, '', 'Successful'),
      'bucket,pct%2520literal.txt,,succeeded,200,,Successful\r\n',
    ],
  ] as const)('%s %s', (bucket, manifestKey, versionId, outcome, row) => {
    const line = { bucket, key: manifestKey, manifestKey, ...(versionId === undefined ? {} : { versionId }) };
    expect(reportRow(line, outcome)).toBe(row);
  });
});

test('manifest.json has the members, the order and the schema of the original', () => {
  const files = [{ status: 'succeeded', key: 'p/job-1/results/c59d.csv', md5: 'd080', rows: 3 } as const];
  expect(JSON.parse(reportManifest('scratch', '2025-07-20T21:18:22.395Z', files))).toEqual({
    Format: 'Report_CSV_20180820',
    ReportCreationDate: '2025-07-20T21:18:22.395Z',
    Results: [
      { TaskExecutionStatus: 'succeeded', Bucket: 'scratch', MD5Checksum: 'd080', Key: 'p/job-1/results/c59d.csv' },
    ],
    ReportSchema: 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage',
  });
});
