import { CONTROL_ROUTES } from './control-routes.ts';
import { EVENT_ROUTES } from './event-routes.ts';
import { JOB_ROUTES } from './job-routes.ts';
import type { Route } from './route.ts';
import { TAGGING_ROUTES } from './tagging-routes.ts';
import { TRIGGER_ROUTES } from './trigger-routes.ts';

/** The one table of what the API answers. */
export const ROUTES: readonly Route[] = [
  ...JOB_ROUTES,
  ...CONTROL_ROUTES,
  ...EVENT_ROUTES,
  ...TAGGING_ROUTES,
  ...TRIGGER_ROUTES,
];
