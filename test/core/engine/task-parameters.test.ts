import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { carryOut, type WorkerJob } from '../../../core/engine/worker-job.ts';
import type { StoredRequest } from '../../../core/job/records.ts';
import type { JobRequest } from '../../../core/job/request.ts';
import type { LambdaReply } from '../../../core/lambda/lambda-data-client.ts';
import { writeCsvField } from '../../../core/manifest/csv-record.ts';
import { LineColumns, type LineForm } from '../../../core/manifest/line-form.ts';
import { operationOf } from '../../../core/operations/registry.ts';
import { taskFillOf } from '../../../core/operations/task-parameters/fill.ts';
import { isPlainHeader } from '../../../core/s3/header-text.ts';
import { tagsIn } from '../../../core/s3/requests/object-tagging.ts';
import { answer, contextOf, ScriptedFunction, ScriptedS3 } from '../operations/task-context.ts';

const FORM: LineForm = { columns: ['Bucket', 'Key', 'Owner', 'Centre'] };
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:f';

/** A placeholder. */
const hole = (name: string) => `\${${name}}`;

interface Asked {
  readonly operation: JobRequest['Operation'];
  readonly options?: JobRequest['Drover'];
  readonly form?: LineForm;
  readonly s3?: ScriptedS3;
  readonly lambda?: ScriptedFunction;
}

/** What the worker makes of lines: their rows in the report, less bucket and key. */
async function rowsOf(lines: readonly string[], asked: Asked): Promise<string[]> {
  const { operation: given, options = { TaskParameters: true }, form = FORM, ...clients } = asked;
  const request = { Operation: given, Drover: options } as JobRequest;
  const { operation, parameters } = operationOf(request);
  const context = contextOf(clients);
  const job: WorkerJob = {
    stored: { request } as StoredRequest,
    columns: new LineColumns(form),
    operation,
    parameters,
    fill: taskFillOf(request, operation, parameters, form),
    context,
  };
  const numbered = lines.map((line, index) => ({ line, taskId: `0-${index}` }));
  const finished = await carryOut(job, context, numbered);
  return finished.map(({ row }) => row.trimEnd().split(',').slice(3).join(','));
}

const tagging = (...values: readonly string[]): JobRequest['Operation'] => ({
  S3PutObjectTagging: { TagSet: values.map((Value, index) => ({ Key: `k${index}`, Value })) },
});

/** What was put: each object's key and the values of its tags. */
const tagsPut = ({ requests }: ScriptedS3) =>
  requests.map(({ key, body }) => [key, ...tagsIn(String(body?.bytes)).map(({ Value }) => Value)].join('|'));

const DONE = 'succeeded,200,,Successful';

describe('values with placeholders', () => {
  test('are filled from each task’s line', async () => {
    const s3 = new ScriptedS3(answer());
    const operation = tagging(`team ${hole('Owner')}`, 'same', `${hole('Centre:default(none)')}/${hole('Key')}`);
    const rows = await rowsOf(['bkt,a%20b,ann,12', 'bkt,c,"bo ""b""",', 'bkt,d,"o, p",7', 'bkt,e,eve,'], {
      operation,
      s3,
    });
    expect(tagsPut(s3)).toEqual(['a b|team ann|same|12/a b', 'e|team eve|same|none/e']);
    const invalid = (value: string) =>
      `failed,400,InvalidTaskParameter,"TagSet[0].Value must be made of letters, digits, spaces and _ . : / = + - @; it would be ""${value}"""`;
    expect(rows).toEqual([DONE, invalid('team bo \\""b\\""'), invalid('team o, p'), DONE]);
  });

  test('that the line has nothing for fail their task, and nothing is called', async () => {
    const s3 = new ScriptedS3();
    const rows = await rowsOf(['bkt,a,,1'], { operation: tagging(hole('Owner')), s3 });
    expect(rows).toEqual([
      'failed,400,InvalidTaskParameter,"TagSet[0].Value wants the column Owner, which is empty in this line"',
    ]);
  });

  test('that grow too long fail their task', async () => {
    const [row] = await rowsOf([`bkt,a,${'x'.repeat(257)},1`], { operation: tagging(hole('Owner')) });
    expect(row).toContain('TagSet[0].Value must have 0 to 256 characters, but has 257');
  });

  test('are escaped by a second dollar sign, and are text in a job that does not ask for them', async () => {
    const lambda = new ScriptedFunction(succeedAll);
    const operation = invocation({ a: `$${hole('Owner')}`, b: hole('Owner') });
    expect(await rowsOf(['bkt,a,ann,1'], { operation, lambda })).toEqual(['succeeded,200,,']);
    await rowsOf(['bkt,a,ann,1'], { operation, lambda, options: {} });
    expect(lambda.calls.map(({ event }) => event['job'])).toMatchObject([
      { userArguments: { a: hole('Owner'), b: 'ann' } },
      { userArguments: { a: `$${hole('Owner')}`, b: hole('Owner') } },
    ]);
  });

  test('share an invocation with tasks of the same arguments only', async () => {
    const lambda = new ScriptedFunction(succeedAll);
    const operation = invocation({ owner: hole('Owner') }, 10);
    const lines = ['bkt,a,ann,', 'bkt,b,bob,', 'bkt,c,,', 'bkt,d,ann,', 'bkt,e,bob,'];
    const rows = await rowsOf(lines, { operation, lambda });
    expect(rows.map((row) => row.split(',')[0])).toEqual([
      'succeeded',
      'succeeded',
      'failed',
      'succeeded',
      'succeeded',
    ]);
    expect(lambda.calls.map(({ event }) => [userArguments(event), keysOf(event)])).toEqual([
      [{ owner: 'ann' }, ['a', 'd']],
      [{ owner: 'bob' }, ['b', 'e']],
    ]);
  });

  test('make the key of a copy, whatever the columns have in them', async () => {
    const s3 = new ScriptedS3(answer());
    const operation = copyTo(`${hole('Owner')}/${hole('key:name')}`);
    const lines = [`bkt,x/a,${hole('key')},`, 'bkt,x/b,ann/$,', `bkt,x/c,$$${hole('q')},`, `bkt,d,${'ü'.repeat(512)},`];
    const rows = await rowsOf(lines, { operation, s3 });
    expect(s3.requests.map(({ key }) => key)).toEqual([`${hole('key')}/a`, 'ann/$/b', `$$${hole('q')}/c`]);
    expect(rows[3]).toBe('failed,400,KeyTooLongError,The key of the target would be too long');
  });

  test('give each copy its metadata and its prefix', async () => {
    const s3 = new ScriptedS3(answer());
    const NewObjectMetadata = { ContentType: hole('Centre'), UserMetadata: { owner: hole('Owner') } };
    const operation = { S3PutObjectCopy: { ...TARGET, TargetKeyPrefix: hole('Owner'), NewObjectMetadata } };
    const rows = await rowsOf(['bkt,a,ann,text/css', 'bkt,b,bö,text/html', 'bkt,c,eve,text/ü'], { operation, s3 });
    const put = s3.requests.map(({ key, headers = {} }) => [key, headers['content-type'], headers['x-amz-meta-owner']]);
    expect(put).toEqual([
      ['ann/a', 'text/css', 'ann'],
      ['bö/b', 'text/html', `=?UTF-8?B?${Buffer.from('bö').toString('base64')}?=`],
    ]);
    expect(rows[2]).toContain('NewObjectMetadata.ContentType must be printable ASCII');
  });

  test('end their task, whatever the line has', async () => {
    const column = fc.string({ unit: 'binary', maxLength: 300 }).map((text) => text.replaceAll(/[\r\n]/g, ' '));
    const NewObjectMetadata = { ContentType: `a/${hole('Owner')}`, UserMetadata: { owner: hole('Owner') } };
    const operations: readonly JobRequest['Operation'][] = [
      tagging(hole('Owner')),
      copyTo(hole('Owner')),
      invocation({ owner: hole('Owner') }),
      { S3PutObjectCopy: { ...TARGET, TargetKeyPrefix: hole('Owner'), NewObjectMetadata } },
      { S3PutObjectRetention: { Retention: { Mode: 'COMPLIANCE', RetainUntilDate: hole('Owner') } } },
    ];
    await fc.assert(
      fc.asyncProperty(column, fc.constantFrom(...operations), async (owner, operation) => {
        const s3 = new ScriptedS3(answer());
        const lambda = new ScriptedFunction(succeedAll);
        const [row] = await rowsOf([`bkt,k,${writeCsvField(owner)},`], { operation, s3, lambda });
        expect(row).toMatch(/^(succeeded,200|failed,400),/);
        for (const { headers = {} } of s3.requests) {
          for (const value of Object.values(headers)) expect(isPlainHeader(value)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('keep each object until its own date', async () => {
    const s3 = new ScriptedS3(answer());
    const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: `${hole('Owner')}T00:00:00Z` };
    const operation = { S3PutObjectRetention: { Retention } };
    const rows = await rowsOf(['bkt,a,2040-01-31,', 'bkt,b,soon,'], { operation, s3 });
    expect(s3.requests.map(({ body }) => String(body?.bytes))).toEqual([
      expect.stringContaining('<RetainUntilDate>2040-01-31T00:00:00.000Z</RetainUntilDate>'),
    ]);
    expect(rows[1]).toContain('Retention.RetainUntilDate must be a time in ISO 8601');
  });

  test('are filled for a dry run, and for what is unchanged', async () => {
    const s3 = new ScriptedS3(answer('<Tagging><TagSet><Tag><Key>k0</Key><Value>ann</Value></Tag></TagSet></Tagging>'));
    const operation = tagging(hole('Owner'));
    const options = { TaskParameters: true, SkipUnchanged: true };
    const [same, other] = await rowsOf(['bkt,a,ann,', 'bkt,b,bob,'], { operation, options, s3 });
    expect([same, other]).toEqual(['succeeded,200,,Unchanged', DONE]);
    const [would] = await rowsOf(['bkt,b,bob,'], { operation, options: { ...options, DryRun: true }, s3 });
    expect(would).toContain('Would replace 1 tag by 1');
    expect(s3.requests.map(({ method }) => method).sort()).toEqual(['GET', 'GET', 'GET', 'PUT']);
  });

  test('know the version where the manifest names it', async () => {
    const s3 = new ScriptedS3(answer());
    const operation = tagging(hole('versionId:default(current)'), hole('VersionId:default(current)'));
    const form = { columns: ['Bucket', 'Key', 'VersionId'], emptyVersion: 'current' as const };
    await rowsOf(['bkt,a,v1', 'bkt,b,'], { operation, s3, form });
    expect(tagsPut(s3)).toEqual(['a|v1|v1', 'b|current|current']);
  });
});

const TARGET = { TargetResource: 'arn:aws:s3:::target' };

const copyTo = (TargetKey: string): JobRequest['Operation'] => ({
  S3PutObjectCopy: TARGET,
  Drover: { S3PutObjectCopy: { TargetKey } },
});

const invocation = (UserArguments: Record<string, string>, TasksPerInvocation = 1): JobRequest['Operation'] => ({
  LambdaInvoke: { FunctionArn: FUNCTION, InvocationSchemaVersion: '2.0', UserArguments },
  Drover: { LambdaInvoke: { TasksPerInvocation } },
});

interface Event {
  readonly invocationId: string;
  readonly job: { readonly userArguments: Record<string, string> };
  readonly tasks: readonly { readonly taskId: string; readonly s3Key: string }[];
}

const userArguments = (event: object) => (event as Event).job.userArguments;
const keysOf = (event: object) => (event as Event).tasks.map(({ s3Key }) => s3Key);

function succeedAll(event: object): LambdaReply {
  const { invocationId, tasks } = event as Event;
  const results = tasks.map(({ taskId }) => ({ taskId, resultCode: 'Succeeded', resultString: '' }));
  const payload = { invocationSchemaVersion: '2.0', treatMissingKeysAs: 'PermanentFailure', invocationId, results };
  return { ok: true, payload: JSON.stringify(payload) };
}
