import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { TriggerCount } from '../../core/triggers/dependencies.ts';

/** Counts as CloudWatch metrics, by way of the log (embedded metric format): no call, and nothing to wait for. */
const metrics = new Metrics({ namespace: 'Drover', serviceName: 'drover' });

/** One line for each: a firing is rare, and the line says whose it was. */
export function countTrigger(what: TriggerCount, trigger: string): void {
  metrics.addMetadata('trigger', trigger);
  metrics.addMetric(what, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
