import type { JobRequest } from '../../job/request.ts';
import { parseFunctionArn } from '../../lambda/function-arn.ts';
import { type Problem, shown } from '../../validation/invalid-input.ts';
import { INVOCATION_SCHEMA_VERSIONS, type InvocationSchemaVersion } from './lambda-event.ts';

/** What of a job's invocations its function is told. */
interface Invocation {
  readonly FunctionArn: string;
  readonly InvocationSchemaVersion?: string | undefined;
  readonly UserArguments?: Readonly<Record<string, string>> | undefined;
}

const MEMBER = 'Operation.LambdaInvoke';

/** What of an invocation cannot be; a function in another account or Region can. */
export function invocationProblems({ RoleArn: role }: JobRequest, invocation: Invocation): Problem[] {
  return [...schemaProblems(invocation), ...partitionProblems(role, invocation.FunctionArn)];
}

/** The schema of a job's events; that of a request without one is 1.0, as S3 has it. */
export function schemaVersionOf({ InvocationSchemaVersion: given = '1.0' }: Invocation): InvocationSchemaVersion {
  const version = INVOCATION_SCHEMA_VERSIONS.find((known) => known === given);
  if (version === undefined) throw new Error(`invocation schema ${given} passed validation`);
  return version;
}

function schemaProblems({ InvocationSchemaVersion: version = '1.0', UserArguments }: Invocation): Problem[] {
  if (!INVOCATION_SCHEMA_VERSIONS.some((known) => known === version)) {
    const says = `must be ${INVOCATION_SCHEMA_VERSIONS.join(' or ')}, not ${JSON.stringify(shown(version))}`;
    return [{ path: `${MEMBER}.InvocationSchemaVersion`, says }];
  }
  if (UserArguments === undefined || version === '2.0') return [];
  const says = 'needs InvocationSchemaVersion 2.0: events of schema 1.0 have no place for arguments';
  return [{ path: `${MEMBER}.UserArguments`, says }];
}

/** Credentials are good in one partition only. */
function partitionProblems(roleArn: string, functionArn: string): Problem[] {
  const partition = parseFunctionArn(functionArn)?.partition;
  const ofRole = roleArn.split(':')[1];
  if (partition === undefined || partition === ofRole) return [];
  const says = `is in the partition ${partition}, and the job's role in ${ofRole}: a role can invoke functions of its own partition`;
  return [{ path: `${MEMBER}.FunctionArn`, says }];
}
