import { GENERATED_COLUMNS } from '../manifest/generator/generated-columns.ts';
import type { Problem } from '../validation/invalid-input.ts';
import { filterProblems } from './check-filter.ts';
import { parseBucketArn } from './object-arn.ts';
import type { JobRequest } from './request.ts';

type Generator = NonNullable<NonNullable<JobRequest['ManifestGenerator']>['S3JobManifestGenerator']>;

const PATH = 'ManifestGenerator.S3JobManifestGenerator';

/** What of a generator is wrong that can be known without a look at its bucket. */
export function generatorProblems({
  S3JobManifestGenerator: generator,
}: NonNullable<JobRequest['ManifestGenerator']>): Problem[] {
  if (generator === undefined) return [{ path: PATH, says: 'is missing: it is the one generator there is' }];
  const { SourceBucket: source, Filter: filter = {}, Drover: options } = generator;
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
    filter.EligibleForReplication === undefined
      ? undefined
      : {
          path: `${PATH}.Filter.EligibleForReplication`,
          says:
            'is not supported: whether S3 would replicate an object depends on more than the rules of its bucket, which is ' +
            'all that public requests tell (keys, owners, earlier replication). See ObjectReplicationStatuses',
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
    ...outputProblems(generator),
    ...filterProblems(options?.Filter, GENERATED_COLUMNS, `${PATH}.Drover.Filter`),
  ];
}

/** What is wrong with where the list is to be written; nothing where it is not to be. */
function outputProblems({ EnableManifestOutput: enabled, ManifestOutputLocation: location }: Generator): Problem[] {
  if (!enabled) return [];
  const path = `${PATH}.ManifestOutputLocation`;
  if (location === undefined) return [{ path, says: 'is missing, and EnableManifestOutput is true' }];
  const bucket = parseBucketArn(location.Bucket);
  const { SSES3, SSEKMS } = location.ManifestEncryption ?? {};
  const problems: Problem[] = [];
  if (bucket === undefined) {
    const says = 'must be the ARN of a bucket and no more, like arn:aws:s3:::amzn-s3-demo-bucket';
    problems.push({ path: `${path}.Bucket`, says });
  } else if (bucket.endsWith('--x-s3')) {
    const says = 'must be a general purpose bucket: directory buckets are not supported';
    problems.push({ path: `${path}.Bucket`, says });
  }
  if (SSES3 !== undefined && SSEKMS !== undefined) {
    problems.push({ path: `${path}.ManifestEncryption`, says: 'must have either SSE-S3 or SSE-KMS, but has both' });
  }
  return problems;
}
