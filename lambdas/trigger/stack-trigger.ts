import { z } from 'zod';
import { refuseForbidden } from '../../core/api/create-job.ts';
import { storeTrigger, withdrawTrigger } from '../../core/api/triggers.ts';
import { checkTrigger } from '../../core/triggers/check-trigger.ts';
import { triggerName } from '../../core/triggers/definition.ts';
import type { TriggerDependencies } from '../../core/triggers/dependencies.ts';
import { sweepTriggers } from '../../core/triggers/sweep-triggers.ts';
import { check } from '../../core/validation/check.ts';

/**
 * What CloudFormation asks of a custom resource (User Guide, "Custom resource request objects"). Its properties come as
 * text, whatever they were: so the definition is one text, JSON.
 */
export const customResource = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.object({ Name: z.string(), Definition: z.string() }),
});
export type CustomResource = z.infer<typeof customResource>;

/** An answer may have 4,096 bytes. */
const REASON_LENGTH = 1_000;

/** Makes, changes or withdraws the trigger that a stack declares, and tells CloudFormation how it went. */
export async function onCustomResource(deps: TriggerDependencies, request: CustomResource): Promise<void> {
  const { Name: name } = request.ResourceProperties;
  // Another name is another resource: CloudFormation then deletes the old one.
  const physicalId = `trigger:${name}`;
  try {
    await carryOut(deps, request);
    await answer(request, { Status: 'SUCCESS', PhysicalResourceId: physicalId });
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, REASON_LENGTH);
    deps.log('a trigger of the stack was refused', { trigger: name, error: reason });
    await answer(request, {
      Status: 'FAILED',
      PhysicalResourceId: request.PhysicalResourceId ?? physicalId,
      Reason: `Trigger ${name}: ${reason}`,
    });
  }
}

async function carryOut(deps: TriggerDependencies, request: CustomResource): Promise<void> {
  const { Name: name, Definition: json } = request.ResourceProperties;
  if (request.RequestType === 'Delete') {
    await withdrawTrigger(name, deps);
    return await sweepTriggers(deps, name);
  }
  const { definition, sample } = checkTrigger(check(triggerName, name), JSON.parse(json));
  refuseForbidden(sample, deps);
  // One that is on its way out has to be gone.
  if ((await deps.triggers.get(name))?.deleting === true) await sweepTriggers(deps, name);
  await storeTrigger(name, definition, 'stack', deps);
}

interface Outcome {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
}

/** The URL is signed for a PUT without a content type. */
async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CustomResource,
  outcome: Outcome,
): Promise<void> {
  const body = JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId });
  const response = await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: HTTP ${response.status}`);
}
