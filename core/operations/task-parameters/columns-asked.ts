import type { JobRequest } from '../../job/request.ts';
import { pathOf } from '../../validation/invalid-input.ts';
import { OPERATIONS_SCHEMA } from '../schema.ts';
import { hasTaskParameters } from './asked.ts';
import { type FoundText, taskTextsIn } from './task-text.ts';
import { columnsIn, needsVersion, parseTemplate } from './template.ts';

/** Columns that name the object: every manifest has them, but for the version. */
const OBJECT_COLUMNS: readonly string[] = ['Bucket', 'Key', 'VersionId'];

/** A column that a value of the operation names. */
export interface AskedColumn {
  /** Of the value, in the request. */
  readonly path: string;
  readonly column: string;
}

/** The values of a request that have placeholders, or text that looks so. */
export function placeholderTextsOf({ Operation: operation }: Pick<JobRequest, 'Operation'>): FoundText[] {
  return taskTextsIn(OPERATIONS_SCHEMA, operation, ['Operation']);
}

/** The columns that a request's tasks need for their values, besides those that name objects. */
export function columnsAsked(request: JobRequest): readonly AskedColumn[] {
  return everythingAsked(request).filter(({ column }) => !OBJECT_COLUMNS.includes(column));
}

/** The columns of those that a manifest lacks. */
export function columnsLacking(request: JobRequest, there: readonly string[]): readonly AskedColumn[] {
  const known = ['Bucket', 'Key', ...there.filter((column) => column !== 'Ignore')];
  return everythingAsked(request).filter(({ column }) => !known.includes(column));
}

function everythingAsked(request: JobRequest): AskedColumn[] {
  if (!hasTaskParameters(request)) return [];
  return placeholderTextsOf(request).flatMap(({ path, text }) => {
    const template = parseTemplate(text);
    if ('problem' in template) return [];
    const columns = needsVersion(template) ? [...columnsIn(template), 'VersionId'] : columnsIn(template);
    return columns.map((column) => ({ path: pathOf(path), column }));
  });
}
