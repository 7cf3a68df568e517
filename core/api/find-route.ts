import { shown } from '../validation/invalid-input.ts';
import { ApiError } from './api-error.ts';
import type { Route } from './routes/route.ts';
import { ROUTES } from './routes/routes.ts';

/** The API's version, the first segment of every path. */
const VERSION = '/v20180820';

export interface FoundRoute {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
}

/** @throws ApiError NoSuchResource (404) for a path, MethodNotAllowed (405) for a method that the API does not have. */
export function findRoute(method: string, path: string): FoundRoute {
  const fitting = ROUTES.flatMap((route) => {
    const members = match(VERSION + route.path, path);
    return members === undefined ? [] : [{ route, path: members }];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  if (fitting.length > 0) throw methodNotAllowed(method, path, fitting);
  throw new ApiError(
    'NoSuchResource',
    `There is nothing at ${JSON.stringify(shown(path, 100))}. The job API is at ${VERSION}/jobs and below.`,
  );
}

function methodNotAllowed(method: string, path: string, fitting: readonly FoundRoute[]): ApiError {
  const allowed = fitting.map(({ route }) => route.method).join(', ');
  return new ApiError(
    'MethodNotAllowed',
    `${shown(method)} is not a method of ${shown(path, 100)}; it has ${allowed}.`,
    {
      allow: allowed,
    },
  );
}

function match(template: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const members: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith('{') && value !== '') members[segment.slice(1, -1)] = decoded(value);
    else if (segment !== value) return undefined;
  }
  return members;
}

/** A segment with an escape that is none stays as it is: the check of the member will refuse it. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
