import { z } from 'zod';
import { jobId } from '../job/scalars.ts';
import { check } from '../validation/check.ts';
import type { ApiContext } from './context.ts';
import { shownJob } from './find-job.ts';

type Members = Readonly<Record<string, unknown>>;

const cloneOf = z.strictObject({ CloneOf: jobId });

/**
 * A request as it came; or, where its `Drover.CloneOf` names a job, that job's request with the members that this one
 * gives in their place, whole. A null takes a member away. Tasks have one source: a request that names its own (Manifest,
 * ManifestGenerator, Drover.TasksOf or Drover.After) takes none from the job. The token is never the job's.
 *
 * @throws InvalidInput for a CloneOf that is no job id; ApiError NotFoundException.
 */
export async function completeClone(raw: unknown, context: ApiContext): Promise<unknown> {
  if (!isObject(raw) || !isObject(raw['Drover']) || raw['Drover']['CloneOf'] === undefined) return raw;
  const { Drover: options, ...given } = raw;
  const { CloneOf: id } = check(cloneOf, { CloneOf: options['CloneOf'] });
  const { stored } = shownJob(await context.jobs.getJob(id), id, context);
  const { ClientRequestToken: _token, Drover: theirs = {}, ...request } = stored.request;
  const { Manifest, ManifestGenerator, ...rest } = request;
  const { TasksOf, After, ...otherOptions } = theirs;
  const { TasksOf: ownTasks, After: ownAfter } = options;
  const ownSource =
    [given['Manifest'], given['ManifestGenerator'], ownTasks].some(isObject) ||
    (isObject(ownAfter) && ownAfter['Manifest'] !== undefined);
  return present({
    ...rest,
    ...(ownSource ? {} : { Manifest, ManifestGenerator }),
    ...given,
    Drover: present({ ...otherOptions, ...(ownSource ? {} : { TasksOf, After }), ...options }),
  });
}

function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
