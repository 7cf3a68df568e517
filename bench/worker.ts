import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOperation } from '../core/operations/registry.ts';
import { noBoto3 } from '../test/e2e/support/machine.ts';
import { bundlePrograms } from './support/bundle.ts';
import { Child } from './support/child.ts';
import { type Certificate, createCertificate } from './worker/certificate.ts';
import { type ContenderName, type Contest, judge, printContests, type Run } from './worker/contest.ts';
import {
  BATCH,
  BUCKET,
  CREDENTIALS,
  nameOf,
  REGION,
  type RoundResult,
  type Scenario,
  type StubOrigins,
  TAGS,
  TARGET_BUCKET,
  TARGET_PREFIX,
} from './worker/scenario.ts';

const ROUNDS = 3;
const WARM_UP_SECONDS = 0.7;

/** Every contender in a process of its own, and the stub in another. */
interface Arena {
  readonly stub: Child;
  readonly contenders: ReadonlyMap<ContenderName, Child>;
}

/**
 * Tasks a second and CPU of the real worker beside the AWS SDK, bare undici and boto3, against a stub of S3 on loopback.
 * All take turns within each row, so that whatever else the machine does meets all of them.
 * @param seconds of each round of each contender.
 * @returns what was demanded and not met.
 */
export async function benchWorker(seconds = 1.5): Promise<readonly string[]> {
  const folder = await bundlePrograms({
    stub: 'worker/stub.ts',
    drover: 'worker/drover-contender.ts',
    sdk: 'worker/sdk-contender.ts',
    bare: 'worker/bare-contender.ts',
  });
  const certificate = createCertificate(folder);
  const arena = await openArena(folder, certificate);
  try {
    const contests: Contest[] = [];
    for (const scenario of scenarios(certificate !== undefined)) {
      contests.push({ scenario, runs: await holdContest(arena, scenario, seconds) });
    }
    printContests(contests);
    return contests.flatMap(judge);
  } finally {
    await Promise.all([arena.stub, ...arena.contenders.values()].map((child) => child.end()));
    await rm(folder, { recursive: true, force: true });
  }
}

function scenarios(tls: boolean): Scenario[] {
  const all: Scenario[] = [
    { kind: 'tag', concurrency: 64, tls: false },
    { kind: 'tag', concurrency: 128, tls: false },
    ...(tls ? [{ kind: 'tag', concurrency: 64, tls: true } as const] : []),
    { kind: 'copy', concurrency: 64, tls: false },
    { kind: 'delete', concurrency: 64, tls: false },
    { kind: 'delete-batched', concurrency: 4, tls: false },
  ];
  return all.filter((scenario) => {
    const name = { tag: 'S3PutObjectTagging', copy: 'S3PutObjectCopy' } as const;
    const built = findOperation(
      scenario.kind === 'tag' || scenario.kind === 'copy' ? name[scenario.kind] : 'DeleteObject',
    );
    if (built === undefined) console.warn(`SKIPPED: ${nameOf(scenario)}: the operation is not built.`);
    return built !== undefined;
  });
}

async function openArena(folder: string, certificate: Certificate | undefined): Promise<Arena> {
  const certificates = certificate === undefined ? [] : [certificate.key, certificate.certificate];
  const stub = new Child('the stub', process.execPath, [join(folder, 'stub.mjs'), ...certificates]);
  const origins = await stub.listen<StubOrigins>();
  const environment = {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate.certificate }),
  };
  const node = (name: ContenderName): [ContenderName, Child] => {
    const program = join(folder, `${name}.mjs`);
    return [name, new Child(name, process.execPath, [program, JSON.stringify(origins)], environment)];
  };
  const contenders = new Map([node('drover'), node('bare'), node('sdk')]);
  if (!noBoto3()) contenders.set('boto3', boto3(origins, certificate));
  return { stub, contenders };
}

function boto3(origins: StubOrigins, certificate: Certificate | undefined): Child {
  const settings = {
    region: REGION,
    credentials: CREDENTIALS,
    bucket: BUCKET,
    targetBucket: TARGET_BUCKET,
    targetPrefix: TARGET_PREFIX,
    tags: TAGS,
    batch: BATCH,
    certificate: certificate?.certificate,
  };
  const program = fileURLToPath(new URL('worker/boto3_contender.py', import.meta.url));
  return new Child('boto3', 'python3', [program, JSON.stringify(origins), JSON.stringify(settings)]);
}

async function holdContest(
  { stub, contenders }: Arena,
  scenario: Scenario,
  seconds: number,
): Promise<ReadonlyMap<ContenderName, readonly Run[]>> {
  const runs = new Map<ContenderName, Run[]>([...contenders.keys()].map((name) => [name, []]));
  for (const contender of contenders.values()) await contender.ask({ scenario, seconds: WARM_UP_SECONDS });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, contender] of contenders) {
      const before = await stub.ask<StubReport>({});
      const result = await contender.ask<RoundResult>({ scenario, seconds });
      const after = await stub.ask<StubReport>({});
      const answered = sum(after.requests) - sum(before.requests);
      const least = scenario.kind === 'delete-batched' ? result.tasks / BATCH : result.tasks;
      if (answered < least) throw new Error(`${name} says ${result.tasks} tasks, the stub saw ${answered} requests`);
      runs
        .get(name)
        ?.push({ ...result, requests: answered, stubCpu: (after.cpuSeconds - before.cpuSeconds) / result.seconds });
    }
  }
  return runs;
}

interface StubReport {
  readonly cpuSeconds: number;
  readonly requests: Readonly<Record<string, number>>;
}

function sum(requests: StubReport['requests']): number {
  return Object.values(requests).reduce((all, count) => all + count, 0);
}
