import { GENERATED_COLUMNS } from '../manifest/generator/generated-columns.ts';
import type { Problem } from '../validation/invalid-input.ts';
import { filterProblems } from './check-filter.ts';
import { parseBucketArn } from './object-arn.ts';
import type { JobRequest } from './request.ts';

const PATH = 'ManifestGenerator.S3JobManifestGenerator';

/** What of a generator is wrong that can be known without a look at its bucket. */
export function generatorProblems({
  S3JobManifestGenerator: generator,
}: NonNullable<JobRequest['ManifestGenerator']>): Problem[] {
  if (generator === undefined) return [{ path: PATH, says: 'is missing: it is the one generator there is' }];
  const { SourceBucket: source, EnableManifestOutput: output, Filter: filter = {}, Drover: options } = generator;
  const bucket = parseBucketArn(source);
  const [encryption] = filter.MatchAnyObjectEncryption ?? [];
  const problems: (Problem | undefined)[] = [
    bucket === undefined
      ? {
          path: `${PATH}.SourceBucket`,
          says: 'must be the ARN of a bucket and no more, like arn:aws:s3:::amzn-s3-demo-bucket',
        }
      : undefined,
    bucket?.endsWith('--x-s3') === true
      ? { path: `${PATH}.SourceBucket`, says: 'must be a general purpose bucket: directory buckets are not supported' }
      : undefined,
    output
      ? {
          path: `${PATH}.EnableManifestOutput`,
          says: 'must be false: this version of Drover keeps the list with the job, and writes it nowhere else',
        }
      : undefined,
    filter.EligibleForReplication === undefined
      ? undefined
      : {
          path: `${PATH}.Filter.EligibleForReplication`,
          says: 'is not supported: which objects the rules of a bucket would replicate is known to S3 only. See ObjectReplicationStatuses',
        },
    encryption !== undefined && Object.keys(encryption).length !== 1
      ? {
          path: `${PATH}.Filter.MatchAnyObjectEncryption`,
          says: `must name exactly one kind of encryption, but names ${Object.keys(encryption).length}`,
        }
      : undefined,
  ];
  return [
    ...problems.filter((problem) => problem !== undefined),
    ...filterProblems(options?.Filter, GENERATED_COLUMNS, `${PATH}.Drover.Filter`),
  ];
}
