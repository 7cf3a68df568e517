import { z } from 'zod';
import type { LambdaEvent } from './lambda-event.ts';

const resultCode = z.enum(['Succeeded', 'TemporaryFailure', 'PermanentFailure']);

/** What a function says of its task. */
export interface LambdaAnswer {
  readonly resultCode: z.infer<typeof resultCode>;
  /** For the report. */
  readonly resultString: string;
}

/** What S3 Batch Operations reports of an answer that it cannot read. */
const INVALID = 'Invalid JSON returned in Lambda payload';

const envelope = z.object({
  invocationSchemaVersion: z.string(),
  invocationId: z.string(),
  treatMissingKeysAs: z.unknown().optional(),
  results: z.array(
    z.object({ taskId: z.string(), resultCode: z.unknown().optional(), resultString: z.unknown().optional() }),
  ),
});

const ownResult = z.object({ resultCode, resultString: z.string().nullish() });

/** Success is not among them: a task of which the function said nothing has not been done. */
const missingResult = z.enum(['TemporaryFailure', 'PermanentFailure']).nullish();

/**
 * Reads a function's answer to an event of one task. What is not of the invocation schema, or answers another event, is
 * a permanent failure that says so: that function would answer so again.
 */
export function lambdaAnswer(payload: string, event: LambdaEvent): LambdaAnswer {
  const answer = envelope.safeParse(parseJson(payload)).data;
  if (answer === undefined) return invalid(INVALID);
  if (answer.invocationSchemaVersion !== event.invocationSchemaVersion) {
    return invalid(`Invalid response: invocationSchemaVersion must be ${event.invocationSchemaVersion}`);
  }
  if (answer.invocationId !== event.invocationId) {
    return invalid('Invalid response: invocationId is not that of the request');
  }
  const [{ taskId }] = event.tasks;
  const result = answer.results.find((candidate) => candidate.taskId === taskId);
  if (result === undefined) return missing(answer.treatMissingKeysAs);
  const own = ownResult.safeParse(result).data;
  return own === undefined ? invalid(INVALID) : { resultCode: own.resultCode, resultString: own.resultString ?? '' };
}

function missing(treatMissingKeysAs: unknown): LambdaAnswer {
  const treatment = missingResult.safeParse(treatMissingKeysAs);
  if (!treatment.success) return invalid(INVALID);
  return { resultCode: treatment.data ?? 'TemporaryFailure', resultString: 'Lambda returned no result for the task' };
}

function invalid(resultString: string): LambdaAnswer {
  return { resultCode: 'PermanentFailure', resultString };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
