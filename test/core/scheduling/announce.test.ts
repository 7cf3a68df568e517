import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { initialState } from '../../../core/job/initial-state.ts';
import type { JobEvent } from '../../../core/job/job-event.ts';
import type { JobState } from '../../../core/job/records.ts';
import { change, transition } from '../../../core/job/transition.ts';
import { announce } from '../../../core/scheduling/announce.ts';
import type { SchedulerDependencies } from '../../../core/scheduling/schedule.ts';
import { MemoryJobStore } from '../../support/memory-job-store.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:jobs';

/** A job with a log, and a world that is told of it. */
class World {
  readonly jobs = new MemoryJobStore();
  readonly told: string[] = [];
  readonly logged: string[] = [];
  now = START;
  /** Whether whoever is told takes it. */
  takes = true;
  /** Who will never take it, in words. */
  lost: string[] = [];
  /** Side effects that are left to whoever calls. */
  lives = Number.POSITIVE_INFINITY;

  async create(): Promise<void> {
    const request = {
      Operation: { S3PutObjectTagging: { TagSet: [] } },
      Report: { Enabled: false },
      ClientRequestToken: 't',
      Priority: 1,
      RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
      Drover: { NotificationTopicArn: TOPIC },
    };
    const stored = { jobId: 'j', hash: 'h', createdAt: new Date(START).toISOString(), request };
    await this.jobs.createJob(stored, initialState(stored), []);
  }

  async state(): Promise<JobState> {
    const state = await this.jobs.getState('j');
    if (state === undefined) throw new Error('there is no job');
    return state;
  }

  async change(next: (state: JobState) => JobState): Promise<void> {
    await this.jobs.updateState(next(await this.state()));
  }

  async announce(): Promise<void> {
    const effect = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
      if (this.lives <= 0) throw new Error('died');
      this.lives -= 1;
      return await work();
    };
    const jobs = Object.assign(Object.create(this.jobs) as MemoryJobStore, {
      putEvents: (id: string, events: readonly JobEvent[]) => effect(() => this.jobs.putEvents(id, events)),
      updateState: (next: JobState) => effect(() => this.jobs.updateState(next)),
      closeJob: (id: string, at: string) => effect(() => this.jobs.closeJob(id, at)),
    });
    const deps = {
      jobs,
      clock: { now: () => this.now, sleep: async () => undefined, every: () => () => undefined },
      log: (message: string) => void this.logged.push(message),
      tell: (_: string, changes: readonly JobEvent[], topic?: string) =>
        effect(async () => {
          if (!this.takes) throw new Error('the bus is away');
          for (const { id, status } of changes) this.told.push(`${id} ${status} ${topic}`);
          return this.lost;
        }),
    } as unknown as SchedulerDependencies;
    await announce(deps, await this.state());
  }

  async lines(): Promise<string[]> {
    return (await this.jobs.getEvents('j')).map(({ kind, text }) => `${kind}: ${text}`);
  }
}

const at = (seconds: number): Date => new Date(START + seconds * 1_000);

describe('what a job carries', () => {
  test('is written into its log and told, changes of status to bus and topic, and taken off', async () => {
    const world = new World();
    await world.create();
    await world.change((state) => change(state, { priority: 9, tasksPerSecond: 5 }));
    await world.change((state) => transition(state, 'Preparing', at(2)));
    await world.change((state) => change(state, { held: { since: at(3).toISOString(), reason: 'lunch' } }));
    world.now = START + 1_000;
    await world.announce();
    expect(world.told).toEqual([`s000001 New ${TOPIC}`, `s000004 Preparing ${TOPIC}`]);
    expect(await world.lines()).toEqual([
      'Status: New',
      'Request: Priority 9, was 1',
      'Request: At most 5 tasks a second',
      'Request: Paused on request: lunch',
      'Status: Preparing',
    ]);
    expect(await world.state()).not.toHaveProperty('outbox');
    expect((await world.jobs.getNews(10)).news.map(({ event }) => event.status)).toEqual(['New', 'Preparing']);
    await world.announce();
    expect(world.told).toHaveLength(2);
  });

  test('says why a job failed, and of an ended one all is told before it is closed', async () => {
    const world = new World();
    await world.create();
    await world.change((state) =>
      transition(state, 'Failing', at(1), { failureReasons: [{ FailureCode: 'C', FailureReason: 'r' }] }),
    );
    await world.change((state) => transition(state, 'Failed', at(2)));
    world.takes = false;
    await world.announce();
    expect(world.logged).toEqual(['changes of a job could not be told yet']);
    expect(world.jobs.open.has('j')).toBe(true);
    // Its log does not wait for that.
    expect(await world.lines()).toEqual(['Status: New', 'Status: Failing. C: r', 'Status: Failed']);
    world.takes = true;
    await world.announce();
    expect(world.told.map((line) => line.split(' ')[1])).toEqual(['New', 'Failing', 'Failed']);
    expect([world.jobs.open.has('j'), world.jobs.closed.get('j')]).toEqual([false, at(2).toISOString()]);
  });

  test('that nobody takes for an hour is given up, aloud', async () => {
    const world = new World();
    await world.create();
    world.takes = false;
    world.now = START + 3_600_001;
    await world.announce();
    expect(world.logged).toEqual(['changes of a job were told to nobody']);
    expect(await world.state()).not.toHaveProperty('outbox');
  });

  test('is told once to those who take it where a topic is gone, which the job’s log says', async () => {
    const world = new World();
    await world.create();
    world.lost = ['The topic is gone'];
    await world.announce();
    await world.announce();
    expect(world.told).toEqual([`s000001 New ${TOPIC}`]);
    expect(await world.lines()).toEqual(['Status: New', 'Trouble: The topic is gone']);
  });

  test('is told by two calls that meet, each change with one id, and is written once', async () => {
    const world = new World();
    await world.create();
    await world.change((state) => transition(state, 'Preparing', at(2)));
    await Promise.all([world.announce(), world.announce()]);
    expect(world.told).toHaveLength(4);
    expect([...new Set(world.told)]).toEqual([`s000001 New ${TOPIC}`, `s000002 Preparing ${TOPIC}`]);
    expect(await world.lines()).toEqual(['Status: New', 'Status: Preparing']);
    expect(await world.state()).not.toHaveProperty('outbox');
  });

  test('is never lost and keeps its order, wherever the call dies and whoever writes meanwhile', async () => {
    const lives = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lives, fc.boolean(), async (deaths, closes) => {
        const world = new World();
        await world.create();
        const path = closes ? (['Cancelling', 'Cancelled'] as const) : (['Preparing', 'Ready', 'Active'] as const);
        const steps = path.map((to, index) => () => world.change((state) => transition(state, to, at(index + 1))));
        for (const [index, lives] of deaths.entries()) {
          world.lives = lives;
          await world.announce().catch(() => undefined);
          await steps[index]?.();
        }
        for (const step of steps.slice(deaths.length)) await step();
        world.lives = Number.POSITIVE_INFINITY;
        await world.announce();
        expect(await world.lines()).toEqual(['New', ...path].map((status) => `Status: ${status}`));
        expect([...new Set(world.told)].map((line) => line.split(' ')[1])).toEqual(['New', ...path]);
        expect(await world.state()).not.toHaveProperty('outbox');
        expect(world.jobs.open.has('j')).toBe(!closes);
      }),
    );
  });
});

test('a caller that changes a priority forever makes no log without end, and no change of status is left out', () => {
  let state = initialState({ jobId: 'j', hash: 'h', createdAt: at(0).toISOString(), request: REQUEST });
  for (let priority = 2; priority < 2_000; priority += 1) state = change(state, { priority });
  state = transition(state, 'Preparing', at(1));
  expect(state.outbox?.length).toBeLessThanOrEqual(51);
  expect(state.outbox?.at(-1)).toMatchObject({ status: 'Preparing' });
});

const REQUEST = {
  Operation: { S3PutObjectTagging: { TagSet: [] } },
  Report: { Enabled: false },
  ClientRequestToken: 't',
  Priority: 1,
  RoleArn: 'arn:aws:iam::000000000000:role/drover/r',
};
