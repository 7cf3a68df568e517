import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeDrover } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';

let drover: FakeDrover | undefined;

afterEach(async () => {
  await drover?.close();
  drover = undefined;
});

const FAILURES = [
  {
    ErrorCode: 'NoSuchKey',
    Tasks: 1_234,
    ResultMessage: 'The key\ndoes not exist.',
    Objects: ['photos/a', 'photos/b', 'photos/c'],
  },
  { ErrorCode: 'AccessDenied', Tasks: 1, ResultMessage: 'no', Objects: ['photos/z'] },
];

async function failures(job: object, ...flags: string[]) {
  drover = await FakeDrover.start(() => ({ body: { Job: { JobId: JOB, ...job } } }));
  return await runCli(['jobs', 'failures', JOB, ...flags], drover);
}

describe('drover jobs failures', () => {
  test('counts failures by error code, with a message and some objects of each', async () => {
    const { code, stdout } = await failures({ Status: 'Complete', Drover: { Failures: FAILURES } });
    expect(linesOf(stdout)).toEqual([
      'TASKS  ERROR CODE    FIRST MESSAGE            FOR EXAMPLE',
      '1,234  NoSuchKey     The key does not exist.  photos/a, photos/b, photos/c, …',
      '    1  AccessDenied  no                       photos/z',
      `Once more, only these: drover jobs retry ${JOB} --only failed`,
    ]);
    expect(code).toBe(0);
  });

  test('tells of a job that still runs', async () => {
    const { stdout } = await failures({ Status: 'Active', Drover: { Failures: FAILURES.slice(1) } });
    expect(linesOf(stdout).at(-1)).toBe('So far: it is Active');
  });

  test('gives programs a document for each code', async () => {
    const { stdout } = await failures({ Status: 'Complete', Drover: { Failures: FAILURES } }, '--json');
    const documents = linesOf(stdout).map((line) => JSON.parse(line) as object);
    expect(documents).toEqual(FAILURES.map((group) => ({ JobId: JOB, ...group })));
  });

  test.each([
    ['Complete', `No task of job ${JOB} failed.`],
    ['Active', `No task of job ${JOB} failed so far.`],
  ])('says so where nothing failed in a job that is %s', async (Status, says) => {
    expect(linesOf((await failures({ Status })).stdout)).toEqual([says]);
  });
});
