import { z } from 'zod';
import { systemClock } from '../../core/engine/clock.ts';
import { requireOperation } from '../../core/operations/registry.ts';
import { schedule } from '../../core/scheduling/schedule.ts';
import { createStatusAnnouncer } from '../../core/stores/status-announcer.ts';
import { eventBridge, sns } from '../runtime/aws-clients.ts';
import { executions, jobStore } from '../runtime/engine.ts';
import { identity, optionalVariable, requireVariable } from '../runtime/environment.ts';
import { log } from '../runtime/logger.ts';

const call = z.object({ jobId: z.string().optional() });

/** Invoked asynchronously by whatever changed a job. */
export async function handler(event: unknown): Promise<void> {
  const { jobId } = call.parse(event);
  const dependencies = {
    jobs: jobStore(),
    executions: executions(),
    clock: systemClock,
    log,
    maxConcurrentWorkers: Number(requireVariable('MAX_CONCURRENT_WORKERS')),
    maxActiveJobs: Number(requireVariable('MAX_ACTIVE_JOBS')),
    operation: requireOperation,
    tell: createStatusAnnouncer({
      events: eventBridge(),
      sns: sns(),
      identity: identity(),
      topicArn: optionalVariable('NOTIFICATION_TOPIC'),
    }),
  };
  await schedule(dependencies, jobId);
}
