import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { JobDescriptor, JobFailure, S3ControlClient } from '@aws-sdk/client-s3-control';
import { parse } from 'csv-parse/sync';
import { runCli } from '../../cli/support/run-cli.ts';
import { lambdaOf, reportLines, s3ControlOf, s3Of, tagJob, untilEnded } from '../support/clients.ts';
import { CLIENT_KINDS, type JobClient } from '../support/job-clients.ts';
import { LocalCloud, ROLE } from '../support/local-cloud.ts';
import { createBuckets, putManifest } from '../support/objects.ts';

/** A line of a manifest, and what the report should say of it. */
export interface Line {
  readonly bucket: string;
  /** As it is; the manifest encodes it. */
  readonly key: string;
  /** Given where the manifest has versions; the empty text is an empty field. */
  readonly version?: string | undefined;
  readonly says: Expected;
}

export interface Expected {
  readonly http: number;
  /** Empty for a success. */
  readonly code: string;
  readonly message: RegExp | string;
}

/** What a job is asked to do. */
export interface JobPlan {
  /** Members of `Operation` that AWS clients know; or flags of `drover jobs create`, `--operation …` first. */
  readonly operation: object | readonly string[];
  readonly lines: readonly Line[];
  /** Where the job must fail, before its first task. */
  readonly fails?: JobFailure;
  /** What the objects should be like when the job has ended. */
  readonly after?: (job: JobDescriptor) => Promise<void>;
}

/** A job's end, and the lines of its report as their columns. */
export interface Outcome {
  readonly job: JobDescriptor;
  readonly rows: readonly (readonly string[])[];
}

interface BucketSettings {
  readonly versions?: boolean;
  readonly lock?: boolean;
  readonly acls?: boolean;
}

/** A local cloud, the S3 that its jobs act on, and the clients that create them. */
export class World {
  readonly s3: S3Client;
  readonly control: S3ControlClient;
  private readonly clouds: readonly LocalCloud[];
  private readonly client: JobClient;
  private made = 0;

  private constructor(
    readonly cloud: LocalCloud,
    /** The one whose S3 has the objects. */
    objects: LocalCloud,
  ) {
    this.clouds = cloud === objects ? [cloud] : [cloud, objects];
    this.s3 = s3Of(objects);
    this.control = s3ControlOf(cloud);
    const [sdk, boto3] = CLIENT_KINDS;
    const kind = boto3 === undefined || boto3.absent() ? sdk : boto3;
    if (kind === undefined) throw new Error('there is no client');
    this.client = kind.open(cloud);
  }

  /** Jobs act on the local cloud's own S3. */
  static async own(): Promise<World> {
    const cloud = await LocalCloud.start('--concurrency', '40');
    return await new World(cloud, cloud).prepared();
  }

  /** Jobs act on the S3 of a second local cloud, which is told their buckets by the host's name. */
  static async other(): Promise<World> {
    const other = await LocalCloud.start();
    const endpoint = `http://s3.localhost:${new URL(other.endpoint).port}`;
    const flags = ['--s3-endpoint', endpoint, '--s3-addressing-style', 'virtual'];
    return await new World(await LocalCloud.start('--concurrency', '40', ...flags), other).prepared();
  }

  private async prepared(): Promise<World> {
    await createBuckets(this.s3, 'lists', 'reports');
    return this;
  }

  async close(): Promise<void> {
    this.client.close();
    this.s3.destroy();
    this.control.destroy();
    for (const cloud of this.clouds) await cloud.remove();
  }

  lambda() {
    return lambdaOf(this.cloud);
  }

  /** A bucket that no other case uses. */
  async bucket({ versions = false, lock = false, acls = false }: BucketSettings = {}): Promise<string> {
    this.made += 1;
    const Bucket = `bucket-${this.made}`;
    await this.s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lock }));
    if (versions) {
      const VersioningConfiguration = { Status: 'Enabled' as const };
      await this.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    }
    if (acls) {
      const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
      await this.s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    }
    return Bucket;
  }

  /** Puts a small object; answers its version. */
  async put(Bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}): Promise<string> {
    const { VersionId } = await this.s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}`, ...more }));
    return VersionId ?? 'null';
  }

  /** Deletes the current version; answers the version of the marker that hides it. */
  async hide(Bucket: string, Key: string): Promise<string> {
    const { VersionId } = await this.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    return VersionId ?? 'null';
  }

  /** Creates the job, waits for its end, and reads its report. */
  async run({ operation, lines }: JobPlan): Promise<Outcome> {
    this.made += 1;
    const fields = lines.some(({ version }) => version !== undefined)
      ? ['Bucket', 'Key', 'VersionId']
      : ['Bucket', 'Key'];
    const text = lines.map(({ bucket, key, version }) =>
      [bucket, encoded(key), version].slice(0, fields.length).join(),
    );
    const manifest = await putManifest(this.s3, 'lists', `${this.made}.csv`, text);
    const jobId = isFlags(operation)
      ? await this.createByCommand(manifest, fields, operation)
      : await this.createByClient(manifest, fields, operation);
    const job = await untilEnded(this.control, jobId, 90_000);
    const rows = job.Status === 'Complete' ? await reportLines(this.s3, jobId) : [];
    return { job, rows: rows.map((line) => parse(line)[0] as string[]) };
  }

  private async createByClient(manifest: Manifest, fields: string[], Operation: object): Promise<string> {
    const input = tagJob(manifest, { Operation });
    const Manifest = { ...input.Manifest, Spec: { ...input.Manifest?.Spec, Fields: fields } };
    return String((await this.client.call('CreateJob', { ...input, Manifest })).JobId);
  }

  private async createByCommand(manifest: Manifest, fields: string[], flags: readonly string[]): Promise<string> {
    const place = manifest.arn.replace('arn:aws:s3:::', 's3://');
    const { code, stdout, stderr } = await runCli(
      [
        ...['jobs', 'create', '--manifest', place, '--etag', manifest.etag, '--fields', fields.join()],
        ...['--role-arn', ROLE, '--report', 's3://reports/out', '--no-confirm', '--json', ...flags],
      ],
      { endpoint: this.cloud.endpoint },
    );
    if (code !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as { JobId: string }).JobId;
  }
}

type Manifest = Awaited<ReturnType<typeof putManifest>>;

function isFlags(operation: object): operation is readonly string[] {
  return Array.isArray(operation);
}

/** As a manifest spells a key. */
export function encoded(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

/**
 * The lines that a report should have and has not, and those that it has besides; both as one text each, in their
 * order, so that a difference shows.
 */
export function differences(lines: readonly Line[], rows: Outcome['rows']): string[] {
  const left = [...rows];
  const missing: string[] = [];
  for (const line of lines) {
    const at = left.findIndex((row) => fits(row, line));
    if (at >= 0) left.splice(at, 1);
    else missing.push(`expected ${line.bucket},${encoded(line.key)},${line.version ?? ''}: ${inWords(line.says)}`);
  }
  return [...missing, ...left.map((row) => `reported ${row.join()}`)];
}

function fits([bucket, key, version, status, http, code, message = '']: readonly string[], line: Line): boolean {
  const { says } = line;
  // S3 writes an empty version so.
  const shown = line.version === '' ? '\\N' : (line.version ?? '');
  const isLine = bucket === line.bucket && key === encoded(line.key) && version === shown;
  const isEnd =
    status === (says.code === '' ? 'succeeded' : 'failed') && http === String(says.http) && code === says.code;
  return isLine && isEnd && (typeof says.message === 'string' ? message === says.message : says.message.test(message));
}

function inWords({ http, code, message }: Expected): string {
  return `${http} ${code} ${String(message)}`;
}
