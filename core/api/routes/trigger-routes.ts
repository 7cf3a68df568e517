import { triggerDefinition } from '../../triggers/definition.ts';
import { check } from '../../validation/check.ts';
import { emptyResult } from '../results.ts';
import {
  deleteTrigger,
  describeTrigger,
  enableTrigger,
  fireInput,
  fireTrigger,
  listTriggers,
  putTrigger,
  triggerOnly,
} from '../triggers.ts';
import { once, textual } from './members.ts';
import type { Route } from './route.ts';

/** Triggers: what makes jobs by itself. */
export const TRIGGER_ROUTES: readonly Route[] = [
  {
    operation: 'PutTrigger',
    method: 'PUT',
    path: '/triggers/{Name}',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path, document }, context) =>
      putTrigger(check(triggerOnly, path).Name, document('PutTriggerRequest', triggerDefinition), context),
  },
  {
    operation: 'ListTriggers',
    method: 'GET',
    path: '/triggers',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: (_input, context) => listTriggers(context),
  },
  {
    operation: 'DescribeTrigger',
    method: 'GET',
    path: '/triggers/{Name}',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => describeTrigger(check(triggerOnly, path).Name, context),
  },
  {
    operation: 'DeleteTrigger',
    method: 'DELETE',
    path: '/triggers/{Name}',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => deleteTrigger(check(triggerOnly, path).Name, context),
  },
  {
    operation: 'EnableTrigger',
    method: 'POST',
    path: '/triggers/{Name}/enable',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => enableTrigger(check(triggerOnly, path).Name, true, context),
  },
  {
    operation: 'DisableTrigger',
    method: 'POST',
    path: '/triggers/{Name}/disable',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: ({ path }, context) => enableTrigger(check(triggerOnly, path).Name, false, context),
  },
  {
    operation: 'FireTrigger',
    method: 'POST',
    path: '/triggers/{Name}/fire',
    invalid: 'BadRequestException',
    jsonOnly: true,
    schema: emptyResult,
    run: (input, context) => {
      const members = {
        ...input.path,
        ...textual('Key', once(input, 'key')),
        ...textual('ClientRequestToken', once(input, 'clientRequestToken')),
      };
      return fireTrigger(check(fireInput, members), context);
    },
  },
];
