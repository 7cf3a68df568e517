import type { TriggerDefinition } from '../../core/triggers/definition.ts';
import type { InventoryTriggerProps, ObjectTriggerProps, ScheduleTriggerProps, TriggerProps } from './trigger-props.ts';

/** The definition of an inventory trigger, in the words of the API. */
export function inventoryDefinition(props: InventoryTriggerProps): TriggerDefinition {
  const { bucket, prefix, job } = props;
  return { Kind: 'Inventory', Bucket: bucket.bucketArn, Prefix: prefix, ...common(props), Job: { ...job } };
}

/** The definition of an object trigger, in the words of the API. */
export function objectDefinition(props: ObjectTriggerProps): TriggerDefinition {
  const { bucket, prefix, suffix, pattern, job } = props;
  return {
    Kind: 'Object',
    Bucket: bucket.bucketArn,
    ...(prefix === undefined ? {} : { Prefix: prefix }),
    ...(suffix === undefined ? {} : { Suffix: suffix }),
    ...(pattern === undefined ? {} : { Pattern: pattern }),
    ...common(props),
    Job: { ...job },
  };
}

/** The definition of a schedule trigger, in the words of the API. */
export function scheduleDefinition(props: ScheduleTriggerProps): TriggerDefinition {
  const { schedule, timeZone, job } = props;
  return {
    Kind: 'Schedule',
    Schedule: typeof schedule === 'string' ? schedule : schedule.expressionString,
    ...(timeZone === undefined ? {} : { TimeZone: typeof timeZone === 'string' ? timeZone : timeZone.timezoneName }),
    ...common(props),
    Job: { ...job },
  };
}

function common({ overlap, enabled }: TriggerProps): Pick<TriggerDefinition, 'Overlap' | 'Enabled'> {
  return {
    ...(overlap === undefined ? {} : { Overlap: overlap }),
    ...(enabled === undefined ? {} : { Enabled: enabled }),
  };
}
