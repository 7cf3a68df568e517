import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { roleCredentials } from '../../core/s3/role-credentials.ts';
import { createEventRules } from '../../core/stores/eventbridge-event-rules.ts';
import { createS3TriggerObjects } from '../../core/stores/s3-trigger-objects.ts';
import type { TriggerObjects } from '../../core/stores/trigger-objects.ts';
import type { TriggerDependencies } from '../../core/triggers/dependencies.ts';
import type { Trigger } from '../../core/triggers/records.ts';
import { jobsContext } from '../runtime/api-context.ts';
import { sts } from '../runtime/aws-clients.ts';
import { dataCredentials, dataS3Settings } from '../runtime/data-s3.ts';
import { requireVariable } from '../runtime/environment.ts';
import { log } from '../runtime/logger.ts';
import { sdkCredentials } from '../runtime/sdk-credentials.ts';
import { countTrigger } from './metrics.ts';

/** Roles whose clients a warm function keeps. */
const KEPT_ROLES = 20;

const clients = new Map<string, TriggerObjects>();
let kept: Omit<TriggerDependencies, 'rules'> | undefined;
let events: EventBridgeClient | undefined;

/** What triggers fire with. `functionArn` is this function's own: the target of the rules that it makes. */
export function triggerDependencies(functionArn: string): TriggerDependencies {
  kept ??= {
    ...jobsContext(),
    callTriggers: async () => {},
    openObjects,
    oldReports: new Map(),
    count: countTrigger,
    log,
  };
  events ??= new EventBridgeClient({});
  const rules = createEventRules({ client: events, prefix: requireVariable('RULE_PREFIX'), targetArn: functionArn });
  return { ...kept, rules };
}

/** The buckets are those of the user: what is read there is read with the role of the trigger's job. */
function openObjects({ name, definition }: Trigger): TriggerObjects {
  const roleArn = String(definition.Job['RoleArn']);
  const found = clients.get(roleArn);
  if (found !== undefined) return found;
  const session = { roleArn, jobId: `trigger-${name}`, externalId: requireVariable('EXTERNAL_ID') };
  const credentials = dataCredentials() ?? roleCredentials({ sts: sts(), ...session });
  const made = createS3TriggerObjects(
    new S3Client({ ...dataS3Settings(), credentials: sdkCredentials(credentials), followRegionRedirects: true }),
  );
  const oldest = clients.keys().next();
  if (clients.size >= KEPT_ROLES && oldest.done !== true) clients.delete(oldest.value);
  clients.set(roleArn, made);
  return made;
}
