import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { JobProgressTracker } from '../../cli/progress/job-progress.ts';
import { ProgressBar } from '../../cli/progress/progress-bar.ts';

const SHOW_CURSOR = '\u001b[?25h';
const LINE_START = '\u001b[1G';
const HIDE_CURSOR = '\u001b[?25l';

function job(Status: 'Active' | 'Complete' | 'Preparing', succeeded: number, total = 50) {
  return { JobId: 'job-1', Status, ProgressSummary: { TotalNumberOfTasks: total, NumberOfTasksSucceeded: succeeded } };
}

describe('the live bar', () => {
  test('hides the cursor, ends full at 100 % on a line of its own, and gives the cursor back', () => {
    const terminal = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 80 });
    const tracker = new JobProgressTracker();
    const bar = new ProgressBar(terminal as unknown as NodeJS.WriteStream, tracker.look(job('Preparing', 0, 0), 0));
    bar.update(tracker.look(job('Active', 10), 1_000));
    bar.update(tracker.look(job('Complete', 50), 2_000));
    bar.stop();
    bar.stop();
    const drawn = String(terminal.read());
    expect(drawn).toContain('Preparing: reading the manifest');
    const frames = drawn.split(LINE_START);
    expect(frames.filter((frame) => frame.includes('100 %'))).toHaveLength(1);
    expect(drawn.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(drawn.lastIndexOf(HIDE_CURSOR));
    expect(drawn).toMatch(/\[█+\] {2}Complete {2}100 % {2}50 of 50 done {2}0 failed[^█]*\n$/);
  });
});
