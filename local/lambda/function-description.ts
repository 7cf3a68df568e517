import { pathToFileURL } from 'node:url';
import type { CloudIdentity } from '../service.ts';
import { functionArn } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';

/** The FunctionConfiguration of Lambda's API. */
export function describeFunction(record: FunctionRecord, identity: CloudIdentity): Record<string, unknown> {
  return {
    FunctionName: record.name,
    FunctionArn: functionArn(record.name, identity),
    Runtime: record.runtime,
    Role: record.role,
    Handler: record.handler,
    CodeSize: record.codeSize,
    CodeSha256: record.codeSha256,
    Description: record.description,
    Timeout: record.timeout,
    MemorySize: record.memorySize,
    LastModified: record.lastModified,
    Version: '$LATEST',
    ...(Object.keys(record.environment).length === 0 ? {} : { Environment: { Variables: record.environment } }),
    RevisionId: record.revision,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [record.architecture],
    TracingConfig: { Mode: 'PassThrough' },
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${record.name}` },
  };
}

/** Where GetFunction says that the code is: its folder on this machine. */
export function describeCode(record: FunctionRecord): Record<string, unknown> {
  return { RepositoryType: 'S3', Location: pathToFileURL(record.codeFolder).href };
}
