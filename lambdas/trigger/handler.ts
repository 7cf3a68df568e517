import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { objectCreated, onObjectCreated } from '../../core/triggers/on-object-created.ts';
import { sweepTriggers } from '../../core/triggers/sweep-triggers.ts';
import { log } from '../runtime/logger.ts';
import { customResource, onCustomResource } from './stack-trigger.ts';
import { triggerDependencies } from './trigger-dependencies.ts';

/** The minute's call has no name; the API names the trigger that it has changed. */
const sweepCall = z.strictObject({ trigger: z.string().optional() });

/** Called by rules of EventBridge, each minute and for objects; by the API; and by CloudFormation. */
export async function handler(event: unknown, { invokedFunctionArn }: Context): Promise<void> {
  const deps = triggerDependencies(invokedFunctionArn);
  const created = objectCreated.safeParse(event);
  if (created.success) return await onObjectCreated(deps, created.data);
  const resource = customResource.safeParse(event);
  if (resource.success) return await onCustomResource(deps, resource.data);
  const call = sweepCall.safeParse(event);
  if (call.success) return await sweepTriggers(deps, call.data.trigger);
  log('an event that is none of a trigger was left alone', { event: JSON.stringify(event).slice(0, 1_000) });
}
