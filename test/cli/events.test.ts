import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeDrover } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

let drover: FakeDrover | undefined;

afterEach(async () => {
  await drover?.close();
  drover = undefined;
});

function event(EventId: string, second: number) {
  const Time = `2026-11-23T00:00:0${second}.000Z`;
  return { JobId: `job-${EventId}`, EventId, Time, Kind: 'Status', Text: 'Ready', Status: 'Ready' };
}

/** Follows a list whose pages are these, until there are no more of them. */
async function follow(pages: readonly object[]) {
  let press = (): void => {};
  let asked = 0;
  drover = await FakeDrover.start(() => {
    const body = pages[asked] ?? { Events: [], Next: '9' };
    asked += 1;
    if (asked >= pages.length) press();
    return { body };
  });
  return await runCli(['events', '--follow'], {
    endpoint: drover.endpoint,
    onListening: (given) => {
      press = given;
    },
  });
}

describe('drover events', () => {
  test('--follow shows what was written late, and nothing twice', async () => {
    const [a, b, late, c] = [event('a', 1), event('b', 5), event('late', 3), event('c', 6)];
    const early = '2026-11-23T00:00:00.000Z';
    const outcome = await follow([
      { Events: [a, b], Next: early },
      { Events: [a, late, b], Next: early },
      { Events: [a, late, b, c], Next: `${b.Time}#job-b#s1` },
      { Events: [c], Next: `${b.Time}#job-b#s1` },
    ]);
    expect(linesOf(outcome.stdout).map((line) => /job-(\w+)/.exec(line)?.[1])).toEqual(['a', 'b', 'late', 'c']);
  });

  test.each([
    [['--last', '0'], /--last.*1/],
    [['--last', 'many'], /--last/],
    [['--interval', 'soon'], /--interval/],
    [['job-1'], /too many arguments/],
  ])('%j is refused in words', async (flags, message) => {
    const { code, stderr } = await runCli(['events', ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
