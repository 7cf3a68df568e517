import type { JobRequest } from '../job/request.ts';
import { wantedLines } from '../manifest/filter/wanted-lines.ts';

/** Requests that a job's filters make for each object that they look at, at most. */
export function filterLooks(request: JobRequest): number {
  const { Filter: filter } = wantedLines(request);
  const { MatchAnyObjectEncryption: encryptions = [], ObjectReplicationStatuses: statuses = [] } =
    request.ManifestGenerator?.S3JobManifestGenerator?.Filter ?? {};
  const looks = [encryptions.length + statuses.length > 0, filter?.Head === true, filter?.Tags !== undefined];
  return looks.filter((asked) => asked).length;
}
