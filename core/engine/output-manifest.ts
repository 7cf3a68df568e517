import { createHash } from 'node:crypto';
import { bareETag, parseBucketArn } from '../job/object-arn.ts';
import type { StoredRequest } from '../job/records.ts';
import {
  type OutputFile,
  type OutputLocation,
  outputLocationOf,
  outputManifest,
  outputManifestKey,
} from '../manifest/generator/manifest-output.ts';
import { mapBounded } from './bounded.ts';
import { type OutputDependencies, outputRanges, readOutputRecord, writeOutputRange, writing } from './output-range.ts';
import { type Plan, readPlan } from './plan.ts';
import { requireSurvey } from './survey.ts';

/** How far the written manifest of a job is. */
export interface Output {
  /** Ranges that are still to be written, by others. */
  readonly missing: readonly number[];
  /** Of manifest.json, without quotes; undefined until all is written, and where nothing is to be. */
  readonly etag?: string;
}

/**
 * Writes the generated manifest of a prepared job where its request wants that: the first range that is missing here,
 * so that a bucket that refuses shows it before a thousand children try; manifest.json when no range is missing.
 *
 * @throws ManifestError when the bucket refuses.
 */
export async function writeOutput(deps: OutputDependencies, stored: StoredRequest, plan: Plan): Promise<Output> {
  const location = outputLocationOf(stored.request);
  if (location === undefined) return { missing: [] };
  const ranges = Array.from({ length: outputRanges(plan) }, (_, range) => range);
  const files = await mapBounded(ranges, 32, (range) => readOutputRecord(deps, stored.jobId, range));
  const [first, ...missing] = ranges.filter((range) => files[range] === undefined);
  if (first !== undefined) files[first] = await writeOutputRange(deps, stored, location, plan, first);
  if (missing.length > 0) return { missing };
  const written = files.filter((file) => file !== undefined);
  return { missing, etag: await writeManifest(deps, stored, location, written) };
}

/** One child of PrepareJob's Map: writes a range of the manifest, unless that was done or nothing is to be. */
export async function writeOutputItem(deps: OutputDependencies, stored: StoredRequest, range: number): Promise<void> {
  const location = outputLocationOf(stored.request);
  const plan = await readPlan(deps.work, stored.jobId);
  if (location === undefined || plan === undefined) return;
  if ((await readOutputRecord(deps, stored.jobId, range)) !== undefined) return;
  await writeOutputRange(deps, stored, location, plan, range);
}

/** manifest.json, the manifest's commit mark, last; its MD5 just before it, as with an inventory. */
async function writeManifest(
  deps: OutputDependencies,
  { jobId, request, createdAt }: StoredRequest,
  location: OutputLocation,
  files: readonly OutputFile[],
): Promise<string> {
  const source = request.ManifestGenerator?.S3JobManifestGenerator?.SourceBucket ?? '';
  const { columns } = (await requireSurvey(deps.work, jobId)).form;
  const sourceBucket = parseBucketArn(source) ?? source;
  const manifest = outputManifest({ sourceBucket, location, createdAt, columns, files });
  const key = outputManifestKey(jobId, location);
  return await writing(async () => {
    const output = await deps.openOutput(jobId);
    const md5 = createHash('md5').update(manifest).digest('hex');
    await output.put(key.replace(/\.json$/, '.checksum'), md5, 'text/plain');
    return bareETag(await output.put(key, manifest, 'application/json'));
  });
}
