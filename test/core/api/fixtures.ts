import type { ServiceContext } from '../../../core/api/context.ts';
import type { HttpAnswer, HttpRequest } from '../../../core/api/http.ts';
import { serve } from '../../../core/api/serve.ts';
import type { JobState } from '../../../core/job/records.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';
import { MemoryTriggerStore } from '../../support/memory-trigger-store.ts';

export const ACCOUNT = '123456789012';
export const NAMESPACE = 'http://awss3control.amazonaws.com/doc/2018-08-20/';

/** The smallest request that is right: JSON form. Each test spoils or widens it. */
export const TAGGING_REQUEST = {
  ConfirmationRequired: false,
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
  Report: {
    Bucket: 'arn:aws:s3:::reports',
    Format: 'Report_CSV_20180820',
    Enabled: true,
    Prefix: 'final-reports',
    ReportScope: 'AllTasks',
  },
  ClientRequestToken: 'tok-1',
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::man/manifest.csv', ETag: '60e460c9d1046e73f7dde5043ac3ae85' },
  },
  Description: 'd',
  Priority: 42,
  RoleArn: `arn:aws:iam::${ACCOUNT}:role/drover/r`,
  Tags: [{ Key: 'Dept', Value: 'Fin' }],
};

/** As botocore sends TAGGING_REQUEST. */
export const TAGGING_XML = [
  `<CreateJobRequest xmlns="${NAMESPACE}"><ConfirmationRequired>false</ConfirmationRequired>`,
  '<Operation><S3PutObjectTagging><TagSet><member><Key>a</Key><Value>b</Value></member></TagSet></S3PutObjectTagging></Operation>',
  '<Report><Bucket>arn:aws:s3:::reports</Bucket><Format>Report_CSV_20180820</Format><Enabled>true</Enabled><Prefix>final-reports</Prefix><ReportScope>AllTasks</ReportScope></Report>',
  '<ClientRequestToken>tok-1</ClientRequestToken>',
  '<Manifest><Spec><Format>S3BatchOperations_CSV_20180820</Format><Fields><member>Bucket</member><member>Key</member></Fields></Spec>',
  '<Location><ObjectArn>arn:aws:s3:::man/manifest.csv</ObjectArn><ETag>60e460c9d1046e73f7dde5043ac3ae85</ETag></Location></Manifest>',
  `<Description>d</Description><Priority>42</Priority><RoleArn>arn:aws:iam::${ACCOUNT}:role/drover/r</RoleArn>`,
  '<Tags><member><Key>Dept</Key><Value>Fin</Value></member></Tags></CreateJobRequest>',
].join('');

export const START = new Date('2026-01-02T03:04:05.678Z');

/** An API over a store in memory, with a clock that tests move and a list of what the scheduler was called for. */
export class TestApi {
  readonly jobs = new MemoryJobStore();
  readonly triggers = new MemoryTriggerStore();
  readonly calls: (string | undefined)[] = [];
  readonly triggerCalls: string[] = [];
  readonly faults: unknown[] = [];
  now = START;
  /** Patterns of the topics that jobs may name. */
  readonly jobTopics: string[] = [];
  readonly context: ServiceContext = {
    jobs: this.jobs,
    callScheduler: async (jobId) => {
      this.calls.push(jobId);
    },
    triggers: this.triggers,
    callTriggers: async (name) => {
      this.triggerCalls.push(name);
    },
    clock: () => this.now,
    identity: { account: ACCOUNT, region: 'us-east-1', partition: 'aws' },
    jobRoles: [`arn:aws:iam::${ACCOUNT}:role/drover/*`],
    jobTopics: this.jobTopics,
  };

  async send(
    method: string,
    path: string,
    body: string | Uint8Array = '',
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    const url = new URL(path, 'http://api.test');
    const request: HttpRequest = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: { 'x-amz-account-id': ACCOUNT, ...headers },
      body: typeof body === 'string' ? Buffer.from(body) : body,
      requestId: 'RID',
    };
    return serve(request, this.context, (fault) => this.faults.push(fault));
  }

  /** Sends and reads JSON. */
  async json(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const headers = { 'content-type': 'application/json' };
    const answer = await this.send(method, path, body === undefined ? '' : JSON.stringify(body), headers);
    return { status: answer.status, body: JSON.parse(answer.body) };
  }

  /** Creates a job with this token; answers its id. */
  async create(token = 'tok-1', changes: Record<string, unknown> = {}): Promise<string> {
    const request = { ...TAGGING_REQUEST, ClientRequestToken: token, ...changes };
    const { status, body } = await this.json('POST', '/v20180820/jobs', request);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return String(body['JobId']);
  }

  /** Puts a job into a status without going the way there. */
  force(jobId: string, changes: Partial<JobState>): void {
    const state = this.jobs.states.get(jobId);
    if (state !== undefined) this.jobs.states.set(jobId, { ...state, ...changes, version: state.version + 1 });
  }
}
