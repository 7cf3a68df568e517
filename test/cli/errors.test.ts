import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answer, FakeDrover, type Received } from './support/fake-drover.ts';
import { linesOf, runCli } from './support/run-cli.ts';

const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';

const COMMANDS = [
  ['start'],
  ['report'],
  ...['create', 'list', 'describe', 'watch', 'cancel', 'confirm', 'priority'].map((name) => ['jobs', name]),
];

let drover: FakeDrover | undefined;

afterEach(async () => {
  await drover?.close();
  drover = undefined;
});

async function describeAgainst(answer: (request: Received) => Answer, ...flags: string[]) {
  drover = await FakeDrover.start(answer);
  return await runCli(['jobs', 'describe', JOB, ...flags], drover);
}

/** An address where nobody listens: a server's that has been closed. */
async function deadEndpoint(): Promise<string> {
  const closed = await FakeDrover.start(() => ({}));
  await closed.close();
  return closed.endpoint;
}

describe('an error', () => {
  test('of the API shows its code and message, and nothing else', async () => {
    const body = { Code: 'NotFoundException', Message: 'The specified job does not exist', RequestId: 'r' };
    const outcome = await describeAgainst(() => ({ status: 400, body }));
    expect(outcome).toEqual({
      code: 1,
      stdout: '',
      stderr: 'drover: NotFoundException: The specified job does not exist\n',
    });
  });

  test('is JSON on standard error with --json', async () => {
    const body = { Code: 'NotFoundException', Message: 'gone' };
    const outcome = await describeAgainst(() => ({ status: 400, body }), '--json');
    expect(JSON.parse(outcome.stderr)).toEqual({
      Error: { Code: 'NotFoundException', Message: 'NotFoundException: gone' },
    });
  });

  test("of API Gateway's own is shown in its words", async () => {
    const headers = { 'x-amzn-errortype': 'AccessDeniedException:http://x' };
    const outcome = await describeAgainst(() => ({
      status: 403,
      headers,
      body: { message: 'User is not authorized' },
    }));
    expect(outcome.stderr).toBe('drover: AccessDeniedException: User is not authorized\n');
  });

  test('of a server that is not Drover says so', async () => {
    const outcome = await describeAgainst(() => ({ status: 200, body: '<html>\n<h1>Hello</h1>' }));
    expect(outcome.stderr).toBe("drover: HTTP 200: not the job API's answer (HTTP 200): <html> <h1>Hello</h1>\n");
  });

  test('that passes is tried again; one that stays is shown', async () => {
    let asked = 0;
    const passing = await describeAgainst(() => {
      asked += 1;
      return asked < 3
        ? { status: 503, body: { Code: 'SlowDown', Message: 'm' } }
        : { body: { Job: { JobId: JOB, Status: 'New' } } };
    });
    expect(passing.code).toBe(0);
    expect(drover?.requests).toHaveLength(3);
    await drover?.close();
    const staying = await describeAgainst(() => ({
      status: 400,
      body: { Code: 'TooManyRequestsException', Message: 'm' },
    }));
    expect(staying.stderr).toBe('drover: TooManyRequestsException: m\n');
    expect(drover?.requests).toHaveLength(4);
  });

  test('of a missing local cloud says how to start it', async () => {
    const endpoint = await deadEndpoint();
    const outcome = await runCli(['jobs', 'list'], { endpoint });
    expect(outcome).toEqual({
      code: 1,
      stdout: '',
      stderr: `drover: Nothing answers at ${endpoint}. Start the local cloud with: drover start\n`,
    });
  });

  test('of an endpoint that is no address is a usage error', async () => {
    const outcome = await runCli(['jobs', 'list'], { endpoint: 'localhost:9800' });
    expect(linesOf(outcome.stderr)[0]).toBe(
      "drover: The endpoint 'localhost:9800' is not an address. It looks like http://127.0.0.1:9800",
    );
    expect(outcome.code).toBe(2);
  });

  test('has a stack trace only for those who ask with DROVER_DEBUG=1', async () => {
    const endpoint = await deadEndpoint();
    const outcome = await runCli(['jobs', 'list'], { endpoint, env: { DROVER_DEBUG: '1' } });
    expect(outcome.stderr).toContain('\n    at ');
    expect(outcome.stderr).toContain('Caused by: ');
  });

  test.each([
    [['lst'], "unknown command 'lst'"],
    [['jobs', 'lst'], "unknown command 'lst'"],
    [
      ['start', '--port', 'x'],
      "option '--port <number>' argument 'x' is invalid. It should be a whole number from 0 to 65535.",
    ],
    [
      ['jobs', 'list', '--account', '12'],
      "option '--account <id>' argument '12' is invalid. An account id has twelve digits.",
    ],
  ])('of the command line %j exits with 2', async (argv, message) => {
    const outcome = await runCli(argv);
    expect(linesOf(outcome.stderr)[0]).toBe(`drover: ${message}`);
    expect(outcome.code).toBe(2);
  });
});

describe('help', () => {
  test.each([
    [['--help']],
    [['jobs', '--help']],
    [['help', 'report']],
    ...COMMANDS.map((command) => [[...command, '--help']]),
  ])('%j teaches with examples and exits with 0', async (argv) => {
    const outcome = await runCli(argv);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toBe('');
    expect(outcome.stdout).toMatch(/^Usage: drover/);
    expect(outcome.stdout).toMatch(/\nExamples:\n {2}# /);
  });

  test.each([[[]], [['jobs']]])('%j alone shows the help and exits with 2', async (argv) => {
    const outcome = await runCli(argv);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/^Usage: drover/);
  });
});
