import type { JobRequest } from '../../job/request.ts';

/** `S3JobManifestGenerator.Filter`: its members are all to be met, of a list any one. */
export type GeneratorFilter = NonNullable<
  NonNullable<NonNullable<JobRequest['ManifestGenerator']>['S3JobManifestGenerator']>['Filter']
>;
