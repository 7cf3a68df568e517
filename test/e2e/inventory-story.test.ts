import type { S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JobApi } from '../../cli/api/job-api.ts';
import { resolveTarget } from '../../cli/api/target.ts';
import { processIo } from '../../cli/process-io.ts';
import type { TriggerDescriptor } from '../../core/api/triggers.ts';
import { s3ControlOf, s3Of, untilEnded } from './support/clients.ts';
import { ACCOUNT, LocalCloud } from './support/local-cloud.ts';
import { noBoto3, oldAwsCli } from './support/machine.ts';
import { untagged } from './support/objects.ts';
import { shellBlocks, Terminal } from './support/readme.ts';

let cloud: LocalCloud;
let terminal: Terminal;
let s3: S3Client;
let control: S3ControlClient;

/** The three objects of examples/, as the story copies them. */
const KEYS = ['2026/plain.txt', '2026/with some spaces.txt', '2026/100% a+b, c.txt'];

const suite = noBoto3() || oldAwsCli() ? describe.skip : describe;

suite('the whole story of examples/automation', () => {
  beforeAll(async () => {
    cloud = await LocalCloud.start();
    terminal = await Terminal.open(cloud);
    s3 = s3Of(cloud);
    control = s3ControlOf(cloud);
  }, 150_000);

  afterAll(async () => {
    s3.destroy();
    control.destroy();
    await terminal.close();
    await cloud.remove();
  });

  test('an inventory arrives, two jobs make themselves, and nobody touches anything', async () => {
    const blocks = await shellBlocks('examples/automation/README.md');
    expect(blocks).toHaveLength(5);
    const [look = '', ...prepare] = [blocks.at(-1), ...blocks.slice(0, -1)];
    for (const block of prepare) await terminal.run(block ?? '');

    const sizes = await untilEnded(control, await jobOf('sizes'), 90_000);
    expect(sizes).toMatchObject({
      Status: 'Complete',
      Description: expect.stringMatching(/^Sizes of what story-photos had at \d{4}-\d\d-\d\dT\d\d-\d\dZ$/),
      ProgressSummary: { NumberOfTasksSucceeded: 3, NumberOfTasksFailed: 0 },
    });
    const report = (await terminal.run(`npx drover report ${sizes.JobId} --json`)).trim().split('\n');
    expect(report).toHaveLength(3);
    for (const line of report) {
      expect(JSON.parse(line)).toMatchObject({
        Bucket: 'story-photos',
        TaskStatus: 'succeeded',
        ResultMessage: expect.stringMatching(/^\d+$/),
      });
    }

    const tags = await untilEnded(control, await jobOf('tags'), 90_000);
    expect(tags).toMatchObject({ Status: 'Complete', ProgressSummary: { NumberOfTasksSucceeded: 3 } });
    const date = /(\d{4}-\d\d-\d\d)/.exec(tags.Description ?? '')?.[1];
    expect(await untagged(s3, 'story-photos', KEYS, `inventory=${date}`)).toEqual([]);

    const said = await terminal.run(look);
    expect(said).toContain(`${tags.JobId}`);
    expect(said).toMatch(/sizes .*Created/);
  }, 240_000);
});

/** The job that a trigger made; waits for it. */
async function jobOf(trigger: string): Promise<string> {
  const api = new JobApi(await resolveTarget({ endpoint: cloud.endpoint }, {}), ACCOUNT, processIo().clock);
  const end = Date.now() + 90_000;
  for (;;) {
    const answer = await api.send({ method: 'GET', path: `/v20180820/triggers/${trigger}` });
    const [first] = (answer as { Trigger: TriggerDescriptor }).Trigger.Firings;
    if (first?.JobId !== undefined) return first.JobId;
    if (Date.now() > end) throw new Error(`the trigger ${trigger} has made no job: ${JSON.stringify(answer)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
