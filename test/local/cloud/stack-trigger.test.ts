// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how triggers have their variables
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { JobApi } from '../../../cli/api/job-api.ts';
import { resolveTarget } from '../../../cli/api/target.ts';
import { TriggerApi } from '../../../cli/api/trigger-api.ts';
import { processIo } from '../../../cli/process-io.ts';
import { DroverStack } from '../../../lib/index.ts';
import { startCloud } from '../../../local/cloud.ts';

const ROLE = 'arn:aws:iam::000000000000:role/drover/r';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-declared-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The cloud assembly of a stack that declares triggers of these names, with the real functions. */
function assemblyOf(names: readonly string[], role = ROLE): string {
  const app = new App({ outdir: join(folder, `assembly-${names.join('-')}-${role.length}`) });
  const stack = new DroverStack(app, 'Drover', {});
  for (const name of names) {
    stack.drover.addInventoryTrigger({
      name,
      bucket: s3.Bucket.fromBucketName(stack, `Bucket-${name}`, 'inventories'),
      prefix: 'photos/daily',
      job: {
        Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: '${trigger.reportDate}' }] } },
        Report: { Enabled: false },
        RoleArn: role,
      },
    });
  }
  return app.synth().directory;
}

/** What triggers there are in a cloud that runs the assembly. */
async function triggersOf(assembly: string): Promise<unknown[]> {
  const cloud = await startCloud({ dataFolder: join(folder, 'data'), port: 0, assembly });
  try {
    const target = await resolveTarget({ endpoint: cloud.endpoint }, {});
    const api = new TriggerApi(new JobApi(target, cloud.account, processIo().clock));
    await expect(api.enable('one', false)).rejects.toThrow(/declared by a stack|There is no trigger/);
    return (await api.list()).map(({ Name, DefinedBy, Enabled }) => [Name, DefinedBy, Enabled]);
  } finally {
    await cloud.close();
  }
}

test('what a stack declares is there when the cloud is, and goes with the next stack that does not', async () => {
  const both = assemblyOf(['one', 'two']);
  const expected = [
    ['one', 'stack', true],
    ['two', 'stack', true],
  ];
  expect(await triggersOf(both)).toEqual(expected);
  expect(await triggersOf(both)).toEqual(expected);
  expect(await triggersOf(assemblyOf(['two']))).toEqual([['two', 'stack', true]]);
}, 240_000);

test('a declaration that the deployment refuses keeps the stack from starting, with the reason', async () => {
  const refused = assemblyOf(['two'], 'arn:aws:iam::000000000000:role/others/r');
  await expect(triggersOf(refused)).rejects.toThrow(/Trigger two: Jobs may not use the role .*role\/others\/r/);
}, 120_000);
