import type { Estimate } from '../../core/estimate/estimate.ts';
import type { JobStatus, RequestedJobStatus } from '../../core/job/status.ts';
import { ApiError, isConnectionError, NotReachableError } from '../errors.ts';
import type { Clock } from '../io.ts';
import type {
  JobDescriptor,
  JobEventList,
  JobListDescriptor,
  JobPage,
  LimitChanges,
  LimitsAnswer,
  NewsList,
  PriorityAnswer,
  StatusAnswer,
} from './job-shapes.ts';
import { type ApiRequest, signRequest } from './signed-request.ts';
import type { Target } from './target.ts';

/** How often a request is sent when the service is throttling or failing. Every request of this API may be repeated. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MILLISECONDS = 250;
/** ListJobs gives at most this many a page. */
const LARGEST_PAGE = 1_000;

/** The S3 Control job API in its JSON form. Answers the SDK's shapes; throws ApiError and NotReachableError. */
export class JobApi {
  constructor(
    private readonly target: Target,
    readonly account: string,
    private readonly clock: Clock,
  ) {}

  /** Answers the job's id. The request carries a token, so sending it twice makes one job. */
  async createJob(request: unknown): Promise<string> {
    const answer = await this.send({ method: 'POST', path: '/v20180820/jobs', body: JSON.stringify(request) });
    return (answer as { JobId: string }).JobId;
  }

  async describeJob(jobId: string): Promise<JobDescriptor> {
    const answer = await this.send({ method: 'GET', path: pathOf(jobId) });
    return (answer as { Job: JobDescriptor }).Job;
  }

  /** Newest first, at most `limit`; `more` tells whether there are others. */
  async listJobs(
    statuses: readonly JobStatus[],
    limit: number,
  ): Promise<{ readonly jobs: readonly JobListDescriptor[]; readonly more: boolean }> {
    const jobs: JobListDescriptor[] = [];
    let nextToken: string | undefined;
    do {
      const page: JobPage = await this.listPage(statuses, Math.min(limit - jobs.length, LARGEST_PAGE), nextToken);
      jobs.push(...(page.Jobs ?? []));
      nextToken = page.NextToken;
    } while (nextToken !== undefined && jobs.length < limit);
    return { jobs, more: nextToken !== undefined };
  }

  /** What a job takes, by its id, or a request that is not submitted with its number of tasks. */
  async estimate(body: unknown): Promise<Estimate> {
    const answer = await this.send({ method: 'POST', path: '/v20180820/estimates', body: JSON.stringify(body) });
    return (answer as { Estimate: Estimate }).Estimate;
  }

  async updateStatus(jobId: string, status: RequestedJobStatus, reason?: string): Promise<StatusAnswer> {
    const query = { requestedJobStatus: status, ...(reason !== undefined && { statusUpdateReason: reason }) };
    return (await this.send({ method: 'POST', path: `${pathOf(jobId)}/status`, query })) as StatusAnswer;
  }

  /** Holds the job until it is resumed. */
  async pauseJob(jobId: string, reason?: string): Promise<StatusAnswer> {
    const query = reason === undefined ? {} : { statusUpdateReason: reason };
    return (await this.send({ method: 'POST', path: `${pathOf(jobId)}/pause`, query })) as StatusAnswer;
  }

  async resumeJob(jobId: string): Promise<StatusAnswer> {
    return (await this.send({ method: 'POST', path: `${pathOf(jobId)}/resume` })) as StatusAnswer;
  }

  /** What is left out stays as it is; null takes a limit away. */
  async updateLimits(jobId: string, limits: LimitChanges): Promise<LimitsAnswer> {
    const body = JSON.stringify(limits);
    return (await this.send({ method: 'POST', path: `${pathOf(jobId)}/limits`, body })) as LimitsAnswer;
  }

  async updatePriority(jobId: string, priority: number): Promise<PriorityAnswer> {
    const query = { priority: String(priority) };
    return (await this.send({ method: 'POST', path: `${pathOf(jobId)}/priority`, query })) as PriorityAnswer;
  }

  async listJobEvents(jobId: string): Promise<JobEventList> {
    return (await this.send({ method: 'GET', path: `${pathOf(jobId)}/events` })) as JobEventList;
  }

  /** Changes of status of all jobs. */
  async listEvents(query: Readonly<Record<string, string>>): Promise<NewsList> {
    return (await this.send({ method: 'GET', path: '/v20180820/events', query })) as NewsList;
  }

  private async listPage(statuses: readonly JobStatus[], size: number, nextToken?: string): Promise<JobPage> {
    const query = {
      ...(statuses.length > 0 && { jobStatuses: statuses }),
      maxResults: String(size),
      ...(nextToken !== undefined && { nextToken }),
    };
    return (await this.send({ method: 'GET', path: '/v20180820/jobs', query })) as JobPage;
  }

  /** Any request of the API: the JSON that it answers. */
  async send(request: ApiRequest): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.sendOnce(request);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof ApiError) || !isPassing(error)) throw error;
        await this.clock.sleep(FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1));
      }
    }
  }

  private async sendOnce(request: ApiRequest): Promise<unknown> {
    const { url, ...init } = await signRequest(this.target, this.account, request);
    const response = await this.reached(fetch(url, init));
    const text = await this.reached(response.text());
    const answer = parseJson(text);
    if (response.ok && answer !== undefined) return answer;
    throw apiErrorOf(response, answer, text);
  }

  private async reached<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (isConnectionError(error)) throw new NotReachableError(this.target.endpoint, this.target.local, error);
      throw error;
    }
  }
}

function pathOf(jobId: string): string {
  return `/v20180820/jobs/${encodeURIComponent(jobId)}`;
}

/** Whether the same request may do better in a moment. */
function isPassing(error: ApiError): boolean {
  return error.httpStatus >= 500 || error.httpStatus === 429 || error.code === 'TooManyRequestsException';
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The API's own error document, or API Gateway's (`{"message": …}`), or neither: then the HTTP status speaks. */
function apiErrorOf(response: Response, answer: unknown, text: string): ApiError {
  const document = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  const code = stringOf(document['Code']) ?? response.headers.get('x-amzn-errortype')?.split(':')[0];
  const message = stringOf(document['Message']) ?? stringOf(document['message']);
  const requestId = stringOf(document['RequestId']) ?? response.headers.get('x-amz-request-id') ?? undefined;
  const said =
    message ?? `not the job API's answer (HTTP ${response.status}): ${text.slice(0, 200).replace(/\s+/g, ' ')}`;
  return new ApiError(code ?? `HTTP ${response.status}`, said, response.status, requestId);
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
