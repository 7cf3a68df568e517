import type { JobEvent } from '../job/job-event.ts';
import type { JobState } from '../job/records.ts';
import { hasEnded } from '../job/status.ts';
import { announced } from '../job/transition.ts';
import type { SchedulerDependencies } from './schedule.ts';

/** For so long an event that nobody takes is offered again, in milliseconds; its line is in the log all the same. */
const OFFERED_MILLISECONDS = 3_600_000;

/**
 * Writes the lines that a job's state carries into its log, tells the world of its changes of status, and takes the lines
 * off the state, in this order: what is cut short is done again, and nothing is lost. So an event may be told twice, as
 * EventBridge itself may do; both have the same id. A job that has ended is closed when all of it was told.
 */
export async function announce(deps: SchedulerDependencies, state: JobState): Promise<void> {
  const { outbox = [], jobId } = state;
  const last = outbox.at(-1);
  if (last !== undefined) {
    const now = new Date(deps.clock.now()).toISOString();
    const events = outbox.map((event): JobEvent => ({ at: now, ...event }));
    await deps.jobs.putEvents(jobId, events);
    if (!(await told(deps, jobId, events))) return;
    await takeOff(deps, jobId, last.id);
  }
  if (hasEnded(state.status)) await deps.jobs.closeJob(jobId, state.endedAt ?? state.statusSince);
}

/** Whether the events were told, or have been offered for long enough. */
async function told(deps: SchedulerDependencies, jobId: string, events: readonly JobEvent[]): Promise<boolean> {
  const changes = events.filter(({ kind }) => kind === 'Status');
  if (deps.tell === undefined || changes.length === 0) return true;
  try {
    const topic = (await deps.jobs.getRequest(jobId))?.request.Drover?.NotificationTopicArn;
    const lost = await deps.tell(jobId, changes, topic);
    await logLost(deps, jobId, changes, lost);
    return true;
  } catch (error) {
    const oldest = Date.parse(changes[0]?.at ?? '');
    const given = deps.clock.now() - oldest > OFFERED_MILLISECONDS;
    deps.log(given ? 'changes of a job were told to nobody' : 'changes of a job could not be told yet', {
      jobId,
      changes: changes.map(({ id }) => id),
      error: String(error),
    });
    return given;
  }
}

/** Of who can never be told the job's log says so, once for each time that it should have been. */
async function logLost(
  deps: SchedulerDependencies,
  jobId: string,
  changes: readonly JobEvent[],
  lost: readonly string[],
): Promise<void> {
  const last = changes.at(-1);
  if (last === undefined || lost.length === 0) return;
  deps.log('changes of a job were told to not all', { jobId, changes: changes.map(({ id }) => id), lost });
  // After the change in the log's order, and the same line whoever writes it again.
  const lines = lost.map((text, n): JobEvent => ({ id: `${last.id}-${n}`, at: last.at, kind: 'Trouble', text }));
  await deps.jobs.putEvents(jobId, lines);
}

async function takeOff(deps: SchedulerDependencies, jobId: string, last: string): Promise<void> {
  for (;;) {
    const state = await deps.jobs.getState(jobId);
    if (state?.outbox === undefined || !state.outbox.some(({ id }) => id <= last)) return;
    if (await deps.jobs.updateState(announced(state, last))) return;
  }
}
