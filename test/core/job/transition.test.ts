import { describe, expect, test } from '@jest/globals';
import type { JobState } from '../../../core/job/records.ts';
import { JOB_STATUSES, mayFollow } from '../../../core/job/status.ts';
import { activeMilliseconds, change, IllegalTransition, nextEpoch, transition } from '../../../core/job/transition.ts';

const created: JobState = {
  jobId: '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c',
  version: 1,
  status: 'New',
  statusSince: '2026-01-01T00:00:00.000Z',
  epoch: 1,
  priority: 10,
  createdAt: '2026-01-01T00:00:00.000Z',
  operation: 'LambdaInvoke',
  activeMilliseconds: 0,
  failureReasons: [],
};
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

describe('transition', () => {
  test('takes exactly the arrows of the lifecycle', () => {
    for (const from of JOB_STATUSES) {
      for (const to of JOB_STATUSES) {
        const move = () => transition({ ...created, status: from }, to, at(1));
        if (mayFollow(from, to)) expect(move().status).toBe(to);
        else expect(move).toThrow(IllegalTransition);
      }
    }
  });

  test('raises the version always, the epoch when another kind of execution takes over', () => {
    const preparing = transition(created, 'Preparing', at(1));
    expect(preparing).toMatchObject({ version: 2, epoch: 1, statusSince: at(1).toISOString() });
    const ready = transition(preparing, 'Ready', at(2), { totalTasks: 7, shards: 1 });
    expect(ready).toMatchObject({ version: 3, epoch: 1, totalTasks: 7, shards: 1 });
    expect(transition(ready, 'Active', at(3)).epoch).toBe(2);
    expect(transition(ready, 'Cancelling', at(3)).epoch).toBe(2);
    expect(transition(preparing, 'Failing', at(3)).epoch).toBe(2);
  });

  test('adds up the time in Active over pauses', () => {
    const active = transition({ ...created, status: 'Ready' }, 'Active', at(10));
    expect(activeMilliseconds(active, at(14))).toBe(4000);
    const pausing = transition(active, 'Pausing', at(15));
    expect(pausing).toMatchObject({ activeMilliseconds: 5000, epoch: 3 });
    const again = transition(transition(pausing, 'Paused', at(20)), 'Active', at(30));
    const completing = transition(again, 'Completing', at(32));
    expect(completing).toMatchObject({ activeMilliseconds: 7000, epoch: 5 });
    expect(transition(completing, 'Complete', at(40))).toMatchObject({
      activeMilliseconds: 7000,
      endedAt: at(40).toISOString(),
    });
  });

  test('a clock that stepped back takes no time away', () => {
    const active = transition({ ...created, status: 'Ready', activeMilliseconds: 100 }, 'Active', at(10));
    expect(transition(active, 'Completing', at(9)).activeMilliseconds).toBe(100);
  });

  test('remembers when a job was suspended, and that it ended without a run', () => {
    const suspended = transition({ ...created, status: 'Preparing' }, 'Suspended', at(5));
    expect(suspended).toMatchObject({ suspendedAt: at(5).toISOString(), epoch: 1 });
    expect(transition(suspended, 'Cancelled', at(9))).toMatchObject({
      suspendedAt: at(5).toISOString(),
      endedAt: at(9).toISOString(),
      epoch: 1,
    });
  });

  test('a trouble goes with the status it was seen in; failure reasons stay and are cut to S3’s lengths', () => {
    const trouble = { FailureCode: 'AccessDenied', FailureReason: 'role', since: at(1).toISOString() };
    const troubled = change({ ...created, status: 'Active' }, { trouble });
    expect(troubled).toMatchObject({ version: 2, trouble });
    const failing = transition(troubled, 'Failing', at(2), {
      failureReasons: [{ FailureCode: 'c'.repeat(100), FailureReason: 'r'.repeat(1000) }],
    });
    expect(failing).not.toHaveProperty('trouble');
    expect(failing.failureReasons).toEqual([{ FailureCode: 'c'.repeat(64), FailureReason: 'r'.repeat(256) }]);
    expect(transition(failing, 'Failed', at(3)).failureReasons).toHaveLength(1);
  });
});

describe('change and nextEpoch', () => {
  test('change keeps what it is not told of and can take a trouble away', () => {
    const troubled = change(created, {
      trouble: { FailureCode: 'a', FailureReason: 'b', since: at(0).toISOString() },
    });
    const reprioritised = change(troubled, { priority: 99 });
    const log = { events: 2, outbox: expect.any(Array) };
    expect(reprioritised).toEqual({ ...troubled, priority: 99, version: 3, ...log });
    expect(change(reprioritised, { trouble: undefined })).toEqual({ ...created, priority: 99, version: 4, ...log });
  });

  test('nextEpoch raises epoch and version and nothing else', () => {
    expect(nextEpoch(created)).toEqual({ ...created, epoch: 2, version: 2 });
  });
});
