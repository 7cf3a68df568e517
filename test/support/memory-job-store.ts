import type { JobEvent } from '../../core/job/job-event.ts';
import type { Job, JobState, JobTotals, Schedule, StoredRequest } from '../../core/job/records.ts';
import type { JobTag } from '../../core/job/request.ts';
import type { ClosedJob, JobStore, News, NewsPage } from '../../core/stores/job-store.ts';

const NO_TOTALS: JobTotals = { succeeded: 0, failed: 0, shardsDone: 0, summedAt: 0 };

/** A JobStore in memory that keeps the promises of the real one: conditional writes, nothing shared by reference. */
export class MemoryJobStore implements JobStore {
  readonly requests = new Map<string, StoredRequest>();
  readonly states = new Map<string, JobState>();
  readonly totals = new Map<string, JobTotals>();
  readonly tags = new Map<string, readonly JobTag[]>();
  readonly open = new Set<string>();
  readonly closed = new Map<string, string>();
  readonly claims = new Map<string, number>();
  readonly events = new Map<string, Map<string, JobEvent>>();
  schedule: Schedule = { version: 0, shares: {} };
  capacity: number | undefined;

  async createJob(request: StoredRequest, state: JobState, tags: readonly JobTag[]): Promise<StoredRequest> {
    this.open.add(request.jobId);
    const existing = this.requests.get(request.jobId);
    if (existing !== undefined && existing.hash !== request.hash) return existing;
    if (existing === undefined) this.requests.set(request.jobId, structuredClone(request));
    if (!this.tags.has(request.jobId)) this.tags.set(request.jobId, structuredClone(tags));
    if (!this.states.has(request.jobId)) this.states.set(request.jobId, structuredClone(state));
    return existing ?? request;
  }

  async getJob(jobId: string): Promise<Job | undefined> {
    const stored = this.requests.get(jobId);
    const state = this.states.get(jobId);
    if (stored === undefined || state === undefined) return undefined;
    return { stored, state, totals: await this.getTotals(jobId), tags: this.tags.get(jobId) ?? [] };
  }

  async getRequest(jobId: string): Promise<StoredRequest | undefined> {
    return this.requests.get(jobId);
  }

  async getState(jobId: string): Promise<JobState | undefined> {
    return this.states.get(jobId);
  }

  async getTotals(jobId: string): Promise<JobTotals> {
    return this.totals.get(jobId) ?? NO_TOTALS;
  }

  async updateState(next: JobState): Promise<boolean> {
    const now = this.states.get(next.jobId);
    if (now?.version !== next.version - 1) return isSame(now, next);
    this.states.set(next.jobId, structuredClone(next));
    return true;
  }

  async raiseTotals(jobId: string, totals: JobTotals): Promise<void> {
    const now = await this.getTotals(jobId);
    if (totals.succeeded + totals.failed >= now.succeeded + now.failed) this.totals.set(jobId, { ...totals });
  }

  async claimSum(jobId: string, now: number, minimumAge: number): Promise<boolean> {
    const last = this.claims.get(jobId);
    if (last !== undefined && now - last < minimumAge) return false;
    this.claims.set(jobId, now);
    return true;
  }

  async putTags(jobId: string, tags: readonly JobTag[]): Promise<void> {
    this.tags.set(jobId, structuredClone(tags));
  }

  async listJobIds(limit: number, after?: string): Promise<{ jobIds: string[]; next?: string }> {
    const all = [...this.states.values()]
      .map((state) => ({ id: state.jobId, sort: `${state.createdAt}#${state.jobId}` }))
      .sort((a, b) => (a.sort < b.sort ? 1 : -1))
      .filter(({ sort }) => after === undefined || sort < after);
    const page = all.slice(0, limit);
    const last = page.at(-1);
    return {
      jobIds: page.map(({ id }) => id),
      ...(last !== undefined && all.length > limit ? { next: last.sort } : {}),
    };
  }

  async getStates(jobIds: readonly string[]): Promise<readonly JobState[]> {
    return jobIds.flatMap((id) => this.states.get(id) ?? []);
  }

  async openJobIds(): Promise<readonly string[]> {
    return [...this.open];
  }

  async closeJob(jobId: string, endedAt: string): Promise<void> {
    this.closed.set(jobId, endedAt);
    this.open.delete(jobId);
  }

  async closedJobs(before: string, limit: number): Promise<readonly ClosedJob[]> {
    return [...this.closed]
      .filter(([, endedAt]) => endedAt < before)
      .sort((a, b) => (a[1] < b[1] ? -1 : 1))
      .slice(0, limit)
      .map(([jobId, endedAt]) => ({ jobId, endedAt }));
  }

  async deleteJob({ jobId }: ClosedJob): Promise<void> {
    for (const items of [this.requests, this.states, this.totals, this.tags, this.closed, this.events])
      items.delete(jobId);
  }

  async putEvents(jobId: string, events: readonly JobEvent[]): Promise<void> {
    const lines = this.events.get(jobId) ?? new Map<string, JobEvent>();
    this.events.set(jobId, lines);
    for (const event of events) lines.set(event.id, event);
  }

  async getEvents(jobId: string): Promise<readonly JobEvent[]> {
    const key = ({ at, id }: JobEvent): string => `${at}#${id}`;
    return [...(this.events.get(jobId)?.values() ?? [])].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  async getNews(limit: number, after?: string): Promise<NewsPage> {
    const all = this.news().filter(({ key }) => after === undefined || key > after);
    const page = after === undefined ? all.slice(-limit) : all.slice(0, limit);
    return { news: page.map(({ key: _, ...news }) => news), next: page.at(-1)?.key ?? after ?? '0' };
  }

  async deleteNews(before: string, limit: number): Promise<void> {
    for (const { jobId, event } of this.news().slice(0, limit)) {
      if (event.at < before) this.events.get(jobId)?.delete(event.id);
    }
  }

  private news(): (News & { readonly key: string })[] {
    const all = [...this.events].flatMap(([jobId, lines]) => [...lines.values()].map((event) => ({ jobId, event })));
    return all
      .filter(({ event }) => event.kind === 'Status')
      .map((news) => ({ ...news, key: `${news.event.at}#${news.jobId}#${news.event.id}` }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async getSchedule(): Promise<Schedule> {
    return this.schedule;
  }

  async putSchedule(next: Schedule): Promise<boolean> {
    if (this.schedule.version !== next.version - 1) return isSame(this.schedule, next);
    this.schedule = structuredClone(next);
    return true;
  }

  async getCapacity(): Promise<number | undefined> {
    return this.capacity;
  }

  async putCapacity(workers: number): Promise<void> {
    this.capacity = workers;
  }
}

/** Whether a write that fails its condition is one that took and was repeated. */
function isSame(now: unknown, next: unknown): boolean {
  return JSON.stringify(now) === JSON.stringify(next);
}
