import type { BusEvent, CloudIdentity } from '../../service.ts';
import { arnOf, machineOf, nameOf } from '../arns.ts';
import type { ExecutionRecord } from '../store/records.ts';

/** Input and output are left out of an event above this (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html). */
const LARGEST_DATA_BYTES = 248 * 1024;

/** The event that AWS sends to the default bus when an execution starts and when it ends. */
export function executionStatusChange(identity: CloudIdentity, record: ExecutionRecord): BusEvent {
  const arn = arnOf(identity, 'execution', record.tail);
  const size = Buffer.byteLength(record.input) + Buffer.byteLength(record.output ?? '');
  const included = size <= LARGEST_DATA_BYTES;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn: arnOf(identity, 'stateMachine', machineOf(record.tail)),
      name: nameOf(record.tail),
      status: record.status,
      startDate: record.startDate,
      stopDate: record.stopDate ?? null,
      input: included ? record.input : null,
      inputDetails: { included },
      output: included ? (record.output ?? null) : null,
      outputDetails: record.output === undefined ? null : { included },
      error: record.error ?? null,
      cause: record.cause ?? null,
    },
  };
}
