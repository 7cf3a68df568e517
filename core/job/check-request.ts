import type { Operation } from '../operations/operation.ts';
import { refusalOf } from '../operations/refusal.ts';
import { findOperation, operationOf } from '../operations/registry.ts';
import { check } from '../validation/check.ts';
import { InvalidInput, type Problem } from '../validation/invalid-input.ts';
import { generatorProblems } from './check-generator.ts';
import { manifestProblems } from './check-manifest.ts';
import { taskParameterProblems } from './check-task-parameters.ts';
import { parseBucketArn } from './object-arn.ts';
import { type OperationName, operationNamesOf, S3_OPERATION_NAMES } from './operation-name.ts';
import { type JobRequest, jobRequest, type ReportRequest } from './request.ts';

/** A request is kept in one item of the Jobs table: at most 64 KB of JSON. */
const REQUEST_BYTES_MAXIMUM = 64 * 1024;

/**
 * The request, when everything about it is right that can be known without reading the manifest.
 * `ConfirmationRequired` left out is true, as S3 has it.
 *
 * @throws InvalidInput that names what is wrong.
 */
export function checkJobRequest(raw: unknown): JobRequest {
  const request = check(jobRequest, raw);
  const problems = [
    ...operationProblems(request),
    ...sourceProblems(request),
    ...reportProblems(request.Report),
    ...sizeProblems(request),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);
  return { ...request, ConfirmationRequired: request.ConfirmationRequired ?? true };
}

function operationProblems(request: JobRequest): Problem[] {
  const { Operation: given } = request;
  const names = operationNamesOf(given);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    const found = name === undefined ? 'none' : names.join(' and ');
    return [{ path: 'Operation', says: `must have exactly one operation, but has ${found}` }];
  }
  const strays = Object.keys(given.Drover ?? {}).filter((other) => other !== name);
  const operation = findOperation(name);
  if (operation === undefined) return [{ path: pathOfOperation(name), says: refusalOf(name) }];
  return [
    ...strays.map((other) => ({
      path: `Operation.Drover.${other}`,
      says: `adds to ${other}, but the operation is ${name}`,
    })),
    ...(operation.checkRequest?.(request, operationOf(request).parameters) ?? []),
    ...optionProblems(request, operation),
    ...taskParameterProblems(request, operation),
  ];
}

/** Where a request names an operation, and its parameters. */
function pathOfOperation(name: OperationName): string {
  return (S3_OPERATION_NAMES as readonly string[]).includes(name) ? `Operation.${name}` : `Operation.Drover.${name}`;
}

function optionProblems({ Drover: options }: JobRequest, { name, knowsUnchanged }: Operation): Problem[] {
  if (options?.SkipUnchanged !== true || knowsUnchanged) return [];
  return [{ path: 'Drover.SkipUnchanged', says: `is not supported with ${name}, which has no state to compare with` }];
}

/** A job has one source of tasks; where it waits for others they may be it. */
function sourceProblems(request: JobRequest): Problem[] {
  const { Manifest: manifest, ManifestGenerator: generator, Drover: options } = request;
  const sources = Object.entries({
    Manifest: manifest,
    ManifestGenerator: generator,
    'Drover.TasksOf': options?.TasksOf,
    'Drover.After.Manifest': options?.After?.Manifest,
  }).filter(([, given]) => given !== undefined);
  const twice = new Set(options?.After?.JobIds).size < (options?.After?.JobIds.length ?? 0);
  const problems = twice ? [{ path: 'Drover.After.JobIds', says: 'must not name a job twice' }] : [];
  if (sources.length > 1) {
    const names = sources.map(([name]) => name);
    return [
      ...problems,
      {
        path: '',
        says: `must have either ${names.join(' or ')}, but has ${names.length === 2 ? 'both' : 'all of them'}`,
      },
    ];
  }
  if (sources.length === 0) {
    const says = options?.After === undefined ? 'is missing' : 'is missing, and so is Drover.After.Manifest';
    return [...problems, { path: 'Manifest', says }];
  }
  if (generator !== undefined) return [...problems, ...generatorProblems(generator)];
  return manifest === undefined ? problems : [...problems, ...manifestProblems(manifest)];
}

function reportProblems(report: ReportRequest): Problem[] {
  if (!report.Enabled) return [];
  const missing = (['Bucket', 'Format', 'ReportScope'] as const).filter((name) => report[name] === undefined);
  const problems = missing.map((name) => ({ path: `Report.${name}`, says: 'is missing: an enabled report needs it' }));
  if (report.Bucket !== undefined && parseBucketArn(report.Bucket) === undefined) {
    problems.push({
      path: 'Report.Bucket',
      says: 'must be the ARN of a bucket and no more, like arn:aws:s3:::amzn-s3-demo-bucket',
    });
  }
  return problems;
}

function sizeProblems(request: JobRequest): Problem[] {
  const bytes = Buffer.byteLength(JSON.stringify(request));
  if (bytes <= REQUEST_BYTES_MAXIMUM) return [];
  return [{ path: '', says: `must take at most ${REQUEST_BYTES_MAXIMUM} bytes as JSON, but takes ${bytes}` }];
}
