import { formatOf } from '../manifest/manifest-format.ts';
import type { Operation } from '../operations/operation.ts';
import { refusalOf } from '../operations/refusal.ts';
import { findOperation, operationOf } from '../operations/registry.ts';
import { check } from '../validation/check.ts';
import { InvalidInput, type Problem } from '../validation/invalid-input.ts';
import { refuseNotBuiltYet } from './not-built-yet.ts';
import { bareETag, parseBucketArn, parseObjectArn } from './object-arn.ts';
import { type OperationName, operationNamesOf, S3_OPERATION_NAMES } from './operation-name.ts';
import { type JobRequest, jobRequest, type Manifest, type ReportRequest } from './request.ts';

/** A request is kept in one item of the Jobs table: at most 64 KB of JSON. */
export const REQUEST_BYTES_MAXIMUM = 64 * 1024;

/**
 * The request, when everything about it is right that can be known without reading the manifest.
 * `ConfirmationRequired` left out is true, as S3 has it.
 *
 * @throws InvalidInput that names what is wrong.
 */
export function checkJobRequest(raw: unknown): JobRequest {
  refuseNotBuiltYet(raw);
  const request = check(jobRequest, raw);
  const problems = [
    ...operationProblems(request),
    ...manifestProblems(request),
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

function manifestProblems({ Manifest: manifest, ManifestGenerator: generator }: JobRequest): Problem[] {
  if (manifest === undefined && generator === undefined) return [{ path: 'Manifest', says: 'is missing' }];
  if (manifest === undefined) return [];
  if (generator !== undefined) {
    return [{ path: '', says: 'must have either Manifest or ManifestGenerator, but has both' }];
  }
  return [...formatProblems(manifest), ...fieldProblems(manifest), ...locationProblems(manifest)];
}

/** The options of `Manifest.Drover`, and the formats that they belong to. */
const FORMAT_OPTIONS = {
  Header: ['S3BatchOperations_CSV_20180820'],
  ExtraColumns: ['S3BatchOperations_CSV_20180820'],
  EmptyVersion: ['S3BatchOperations_CSV_20180820', 'S3InventoryReport_CSV_20161130', 'S3InventoryReport_CSV_20211130'],
  DeleteMarkers: ['S3InventoryReport_CSV_20161130', 'S3InventoryReport_CSV_20211130'],
  Tasks: ['Report_CSV_20180820'],
} as const;

function formatProblems(manifest: Manifest): Problem[] {
  const { Spec, Drover: options = {} } = manifest;
  if (Spec === undefined && options.Format === undefined) return [{ path: 'Manifest.Spec', says: 'is missing' }];
  if (Spec !== undefined && options.Format !== undefined) {
    return [{ path: 'Manifest', says: 'must have either Spec or Drover.Format, but has both' }];
  }
  const format = formatOf(manifest);
  return Object.entries(FORMAT_OPTIONS)
    .filter(([name, formats]) => Object.hasOwn(options, name) && !formats.some((each) => each === format))
    .map(([name, formats]) => ({
      path: `Manifest.Drover.${name}`,
      says: `is for the format ${formats.join(' or ')}, not for ${format}`,
    }));
}

function fieldProblems(manifest: Manifest): Problem[] {
  const path = 'Manifest.Spec.Fields';
  const fields = manifest.Spec?.Fields;
  if (formatOf(manifest) !== 'S3BatchOperations_CSV_20180820') {
    return fields === undefined ? [] : [{ path, says: 'is for CSV manifests: an inventory names its fields itself' }];
  }
  if (fields === undefined) {
    return [{ path, says: 'is missing: it must be a list that says what the columns hold, like Bucket, Key' }];
  }
  const count = (name: string) => fields.filter((field) => field === name).length;
  const once = (['Bucket', 'Key'] as const).filter((name) => count(name) !== 1);
  return [
    ...once.map((name) => ({ path, says: `must name ${name} exactly once, but names it ${count(name)} times` })),
    ...(count('VersionId') > 1
      ? [{ path, says: `must name VersionId at most once, but names it ${count('VersionId')} times` }]
      : []),
  ];
}

function locationProblems({ Location: { ObjectArn: arn, ETag: etag } }: Manifest): Problem[] {
  const problems: Problem[] = [];
  if (parseObjectArn(arn) === undefined) {
    problems.push({
      path: 'Manifest.Location.ObjectArn',
      says: 'must be the ARN of an object in a bucket, like arn:aws:s3:::amzn-s3-demo-bucket/manifest.csv',
    });
  }
  if (!/^[\u0021\u0023-\u007e]+$/.test(bareETag(etag))) {
    problems.push({
      path: 'Manifest.Location.ETag',
      says: 'must be the ETag of the manifest, with or without its quotes, like 60e460c9d1046e73f7dde5043ac3ae85',
    });
  }
  return problems;
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
