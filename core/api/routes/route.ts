import type { z } from 'zod';
import type { ErrorCode } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';

/** What a route has of a request: members by their names in the model, read but not validated. */
export interface RouteInput {
  /** JobId, where the path has one. */
  readonly path: Readonly<Record<string, string>>;
  /** Members in the query, under the names that the query has them by; all values. */
  readonly query: (name: string) => readonly string[];
  /** The body. */
  readonly document: (root: string, schema: z.core.$ZodType) => unknown;
}

export interface Route {
  readonly operation: string;
  readonly method: string;
  /** Below `/v20180820`; `{JobId}` stands for one segment. */
  readonly path: string;
  /** The model's code for input that is not right. */
  readonly invalid: ErrorCode;
  /** Names of the XML root of the answer; none where the answer has no body. */
  readonly result?: string;
  /** Drover's own: S3 Control's clients do not know it, and it has no XML. */
  readonly jsonOnly?: true;
  readonly schema: z.core.$ZodType;
  readonly run: (input: RouteInput, context: ServiceContext) => Promise<unknown>;
}
