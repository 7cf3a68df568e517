import { ApiError } from '../../core/api/api-error.ts';
import type { ApiContext } from '../../core/api/context.ts';
import { createJob } from '../../core/api/create-job.ts';
import { pauseJob, resumeJob } from '../../core/api/pause-job.ts';
import { updateJobLimits } from '../../core/api/update-job-limits.ts';
import { updateJobPriority } from '../../core/api/update-job-priority.ts';
import { updateJobStatus } from '../../core/api/update-job-status.ts';
import type { Functions } from './functions.ts';
import { Death, type Invocation } from './invocation.ts';
import { IDENTITY, ROLE, type SimulatedJob, type UserRequest } from './scenario.ts';
import type { World } from './world.ts';

/** A caller that gets no answer asks again after so long, in milliseconds. */
const ASKS_AGAIN = 5_000;

/** How long an API call may take, in milliseconds. */
const API_LIMIT = 29_000;

/** The programs that create jobs and change their minds about them. */
export class Users {
  /** Jobs whose cancel was answered as done or under way. */
  readonly cancelled = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly functions: Functions,
  ) {}

  begin(): void {
    const { time, scenario } = this.world;
    for (const job of scenario.jobs) {
      time.after(job.createdAfter, () => void this.create(job));
      for (const { after, wish } of job.wishes) time.after(after, () => void this.ask(job, wish));
    }
  }

  /** What every user does in the end: lets paused jobs go on, and confirms those that wait for it. */
  async tidyUp(): Promise<void> {
    for (const job of this.world.scenario.jobs) {
      const state = this.world.stores.jobs.states.get(job.jobId);
      if (state?.status === 'Suspended') await this.confirm(job);
      else if (state?.held !== undefined) await this.ask(job, { kind: 'resume' });
    }
  }

  private async create({ request }: SimulatedJob): Promise<void> {
    // The job that it is to follow may not be there yet.
    while (!(await this.untilAnswered((context) => createJob(request, context)))) {
      await this.world.time.sleep(ASKS_AGAIN);
    }
  }

  private async confirm({ jobId }: SimulatedJob): Promise<void> {
    await this.untilAnswered((context) => updateJobStatus({ JobId: jobId, RequestedJobStatus: 'Ready' }, context));
  }

  private async ask({ jobId }: SimulatedJob, wish: UserRequest): Promise<void> {
    await this.untilAnswered(async (context) => {
      switch (wish.kind) {
        case 'cancel':
          await updateJobStatus({ JobId: jobId, RequestedJobStatus: 'Cancelled' }, context);
          this.cancelled.add(jobId);
          return;
        case 'pause':
          return await pauseJob({ JobId: jobId }, context);
        case 'resume':
          return await resumeJob({ JobId: jobId }, context);
        case 'priority':
          return await updateJobPriority({ JobId: jobId, Priority: wish.priority }, context);
        case 'limits':
          return await updateJobLimits({ JobId: jobId, ...limits(wish) }, context);
      }
    });
  }

  /** Asks until an answer comes; a refusal is one, and answers false. */
  private async untilAnswered(request: (context: ApiContext) => Promise<unknown>): Promise<boolean> {
    for (;;) {
      try {
        await this.world.invoke('user', API_LIMIT, undefined, (by) => request(this.context(by)));
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.code !== 'TooManyRequestsException') return false;
        if (!(error instanceof Death || error instanceof ApiError)) this.world.explain('user', error);
        await this.world.time.sleep(ASKS_AGAIN);
      }
    }
  }

  private context(by: Invocation): ApiContext {
    const { jobs, callScheduler } = this.functions.dependencies(by);
    const clock = (): Date => new Date(this.world.time.now());
    return { jobs, callScheduler, clock, identity: IDENTITY, jobRoles: [ROLE] };
  }
}

function limits(wish: Extract<UserRequest, { kind: 'limits' }>) {
  const { tasksPerSecond, maxWorkers } = wish;
  return {
    ...(tasksPerSecond === undefined
      ? {}
      : { RateLimit: tasksPerSecond === null ? null : { TasksPerSecond: tasksPerSecond } }),
    ...(maxWorkers === undefined ? {} : { MaxWorkers: maxWorkers }),
  };
}
