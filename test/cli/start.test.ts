import { describe, expect, test } from '@jest/globals';
import type { CloudOptions, RunningCloud } from '../../cli/runtime.ts';
import { linesOf, runCli } from './support/run-cli.ts';

/** A cloud that starts at once; closing it is up to the test. */
function fakeCloud(close: () => Promise<void> = async () => undefined) {
  const started: CloudOptions[] = [];
  const startCloud = async (options: CloudOptions): Promise<RunningCloud> => {
    started.push(options);
    return { endpoint: `http://${options.host}:${options.port}`, outputs: { ApiEndpoint: 'x' }, close };
  };
  return { started, startCloud };
}

/** Presses Ctrl-C as soon as the command listens. */
const atOnce = (press: () => void): void => press();

describe('drover start', () => {
  test('starts with what its flags say, tells what is there and what to try, and ends cleanly', async () => {
    let closed = 0;
    const cloud = fakeCloud(async () => {
      closed += 1;
    });
    const outcome = await runCli(['start'], { ...cloud, onListening: atOnce });
    expect(cloud.started).toEqual([
      {
        port: 9800,
        host: '127.0.0.1',
        dataFolder: '.drover',
        account: '000000000000',
        region: 'us-east-1',
        concurrency: 10,
        s3AddressingStyle: 'path',
      },
    ]);
    expect(linesOf(outcome.stdout)).toEqual([
      'Drover listens at http://127.0.0.1:9800 (ready in 0.0 s)',
      '  Account 000000000000, Region us-east-1; everything is kept in .drover',
      '  S3, the job API, Lambda, Step Functions, DynamoDB, EventBridge and STS all answer there.',
      '',
      'To try it, in another terminal:',
      '  export AWS_ENDPOINT_URL=http://127.0.0.1:9800 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test',
      '  aws s3 mb s3://photos',
      '  npx drover jobs list',
      '  npx drover jobs create --help',
      '',
      'Ctrl-C ends it.',
      '',
      'Ending. Ctrl-C again ends at once.',
    ]);
    expect(closed).toBe(1);
    expect(outcome.code).toBe(0);
  });

  test('passes every flag on', async () => {
    const cloud = fakeCloud();
    const flags = [
      '--port',
      '0',
      '--data',
      '/tmp/d',
      '--host',
      '0.0.0.0',
      '--account',
      '123456789012',
      '--region',
      'eu-west-1',
    ];
    const more = [
      '--concurrency',
      '20',
      '--s3-endpoint',
      'http://minio:9000',
      '--s3-addressing-style',
      'virtual',
      '--json',
    ];
    const outcome = await runCli(['start', ...flags, ...more], { ...cloud, onListening: atOnce });
    expect(cloud.started).toEqual([
      {
        port: 0,
        host: '0.0.0.0',
        dataFolder: '/tmp/d',
        account: '123456789012',
        region: 'eu-west-1',
        concurrency: 20,
        s3Endpoint: 'http://minio:9000',
        s3AddressingStyle: 'virtual',
      },
    ]);
    expect(linesOf(outcome.stdout).map((line) => JSON.parse(line))).toMatchObject([
      { Endpoint: 'http://0.0.0.0:0', Account: '123456789012', Outputs: { ApiEndpoint: 'x' } },
    ]);
  });

  test.each([
    ['a second Ctrl-C ends at once', 1_000, 'drover: Unexpected: exit 130 (DROVER_DEBUG=1 shows where)\n'],
    ['a Ctrl-C that a launcher passes on as well counts once', 5, ''],
  ])('%s', async (_name, later, stderr) => {
    let now = 0;
    let press = (): void => undefined;
    // Pressed again while the cloud closes. The real process would be gone then; here its exit is thrown.
    const cloud = fakeCloud(async () => {
      now = later;
      press();
    });
    const outcome = await runCli(['start'], {
      ...cloud,
      now: () => now,
      onListening: (pressed) => {
        press = pressed;
        pressed();
      },
    });
    expect(outcome.stderr).toBe(stderr);
  });

  test.each([
    [
      Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }),
      'Port 9800 of 127.0.0.1 is in use: is Drover running already? Another port: drover start --port 9801',
    ],
    [Object.assign(new Error('x'), { code: 'EADDRNOTAVAIL' }), 'This machine has no address 127.0.0.1.'],
    [
      new Error('The data folder .drover is in use.'),
      'The local cloud did not start: The data folder .drover is in use.',
    ],
  ])('%s is explained', async (error, message) => {
    const startCloud = () => Promise.reject(error);
    const outcome = await runCli(['start'], { startCloud });
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: `drover: ${message}\n` });
  });
});
