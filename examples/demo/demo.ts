import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { Bucket, type UploadedFile } from './bucket.ts';
import { Drover } from './drover.ts';
import {
  checksumFunction,
  createFunction,
  type FunctionPackage,
  hasPythonWithBoto3,
  sizeFunction,
} from './functions.ts';
import { checkReport, runJob, throwIfAny } from './job.ts';
import { manifestOf } from './manifest.ts';
import { findSampleFiles } from './sample-files.ts';
import { say, secondsSince, step } from './steps.ts';

/**
 * The whole way, on real files: a local cloud in a temporary folder, a tag job over several thousand objects, Lambda
 * jobs that read some of them, and every result compared with what the bucket holds. Exit code 1 if anything differs.
 */

const OBJECTS = 3_000;
const OBJECTS_TO_READ = 200;
const TAGS = ['demo=yes', 'origin=node_modules'];
const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** What the steps share. */
interface Demo {
  readonly drover: Drover;
  readonly folder: string;
  readonly objects: Bucket;
  readonly lists: Bucket;
  readonly lambda: LambdaClient;
}

async function main(): Promise<void> {
  const start = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'drover-demo-'));
  let drover: Drover | undefined;
  const interruption = interrupted();
  try {
    drover = await step('Start a local cloud: drover start', () => Drover.start(join(folder, 'cloud')), listensAt);
    await Promise.race([carryOut(drover, folder), interruption]);
    process.stdout.write(
      `\nEverything is as it should be (${secondsSince(start)}).\nA job of your own: "A first job" in README.md\n`,
    );
  } finally {
    await drover?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function carryOut(drover: Drover, folder: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { endpoint: drover.endpoint, region: 'us-east-1', credentials };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const lambda = new LambdaClient(settings);
  const demo = { drover, folder, objects: new Bucket(s3, 'objects'), lists: new Bucket(s3, 'lists'), lambda };
  const files = await upload(demo, new Bucket(s3, 'reports'));
  await tagAll(demo, files);
  await readSome(demo, files.slice(0, OBJECTS_TO_READ));
  s3.destroy();
  lambda.destroy();
}

async function upload(demo: Demo, reports: Bucket): Promise<readonly UploadedFile[]> {
  const files = await step(
    `Upload ${OBJECTS} files of node_modules to s3://objects`,
    async () => {
      for (const bucket of [demo.objects, demo.lists, reports]) await bucket.create();
      return await demo.objects.upload(await findSampleFiles(NODE_MODULES, OBJECTS));
    },
    (uploaded) => `${uploaded.length} objects`,
  );
  await step(
    'Write the manifest from a listing: s3://lists/all.csv',
    async () => {
      const keys = await demo.objects.keys();
      await demo.lists.put('all.csv', manifestOf(demo.objects.name, keys));
      return keys;
    },
    (keys) => `${keys.length} lines`,
  );
  return files;
}

async function tagAll(demo: Demo, files: readonly UploadedFile[]): Promise<void> {
  const flags = ['--operation', 'put-object-tagging', '--tags', TAGS.join()];
  const job = {
    name: 'tags',
    title: 'Tag every object: drover jobs create, drover jobs watch',
    manifest: 'all.csv',
    flags,
  };
  const report = await runJob(demo.drover, job, demo.folder);
  await step(
    'Compare: the tags that every object has now, and every line of the report',
    async () => {
      const tags = await demo.objects.tags(files.map(({ key }) => key));
      throwIfAny(
        files.flatMap(({ key }, index) => (tags[index] === TAGS.join() ? [] : [`${key} has tags ${tags[index]}`])),
      );
      await checkReport(report, demo.objects.name, files);
    },
    () => `${files.length} objects tagged, ${files.length} lines of the report right`,
  );
}

async function readSome(demo: Demo, files: readonly UploadedFile[]): Promise<void> {
  await demo.lists.put(
    'some.csv',
    manifestOf(
      demo.objects.name,
      files.map(({ key }) => key),
    ),
  );
  await callFunction(demo, 'TypeScript', await checksumFunction(), files, ({ sha256 }) => sha256);
  if (hasPythonWithBoto3()) {
    await callFunction(demo, 'Python', await sizeFunction(), files, ({ size }) => String(size));
  } else {
    process.stdout.write('\n▸ Call a Python function\n');
    say('SKIPPED: this machine has no python3 with boto3.');
  }
}

async function callFunction(
  demo: Demo,
  language: string,
  code: FunctionPackage,
  files: readonly UploadedFile[],
  answerFor: (file: UploadedFile) => string,
): Promise<void> {
  const arn = await createFunction(demo.lambda, code);
  const title = `Call a ${language} function for ${files.length} objects, which reads each and reports its ${code.name}`;
  const flags = ['--operation', 'lambda-invoke', '--function-arn', arn];
  const report = await runJob(demo.drover, { name: code.name, title, manifest: 'some.csv', flags }, demo.folder);
  await step(
    `Compare: each ${code.name} in the report with the file`,
    () =>
      checkReport(
        report,
        demo.objects.name,
        files.map((file) => ({ key: file.key, message: answerFor(file) })),
      ),
    () => `${files.length} right`,
  );
}

function listensAt(drover: Drover): string {
  return `It listens at ${drover.endpoint}`;
}

/** Rejects at Ctrl-C, so that the cloud is ended and the folder removed. */
function interrupted(): Promise<never> {
  const interruption = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // Not once: a launcher may pass on the Ctrl-C that the terminal has sent already.
      process.on(signal, () => reject(new Error('Interrupted.')));
    }
  });
  // It may come before anybody waits for it.
  interruption.catch(() => undefined);
  return interruption;
}

// The AWS SDK's notice about the age of this Node would only stand between the steps.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

try {
  await main();
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
