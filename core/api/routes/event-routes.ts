import { z } from 'zod';
import { text } from '../../job/scalars.ts';
import { check } from '../../validation/check.ts';
import { EVENTS_MAXIMUM, listEvents, listJobEvents } from '../job-events.ts';
import { emptyResult } from '../results.ts';
import { jobOnly, numeric, once, textual } from './members.ts';
import type { Route } from './route.ts';

const eventsInput = z.strictObject({
  MaxResults: z.int().min(1).max(EVENTS_MAXIMUM).optional(),
  After: text(1, 256).optional(),
});

/** What happened to jobs. */
export const EVENT_ROUTES: readonly Route[] = [
  {
    operation: 'ListJobEvents',
    method: 'GET',
    path: '/jobs/{JobId}/events',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => listJobEvents(check(jobOnly, path), context),
  },
  {
    operation: 'ListEvents',
    method: 'GET',
    path: '/events',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: (input, context) => {
      const members = {
        ...numeric('MaxResults', once(input, 'maxResults')),
        ...textual('After', once(input, 'after')),
      };
      return listEvents(check(eventsInput, members), context);
    },
  },
];
