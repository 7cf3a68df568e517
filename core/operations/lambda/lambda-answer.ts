import { z } from 'zod';
import type { LambdaEvent } from './lambda-event.ts';

const resultCode = z.enum(['Succeeded', 'TemporaryFailure', 'PermanentFailure']);

/** What a function says of a task. */
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

type GivenResult = z.infer<typeof envelope>['results'][number];

const ownResult = z.object({ resultCode, resultString: z.string().nullish() });

/** Success is not among them: a task of which the function said nothing has not been done. */
const missingResult = z.enum(['TemporaryFailure', 'PermanentFailure']).nullish();

/**
 * Reads a function's answer to an event: what it says of each of the event's tasks, in their order. What is not of the
 * invocation schema, or answers another event, is a permanent failure that says so: that function would answer so again.
 * Results of tasks that were not asked for are nobody's.
 */
export function lambdaAnswers(payload: string, event: LambdaEvent): LambdaAnswer[] {
  const answer = envelope.safeParse(parseJson(payload)).data;
  const wrong = answer === undefined ? INVALID : mismatchOf(answer, event);
  if (answer === undefined || wrong !== undefined) return event.tasks.map(() => invalid(wrong ?? INVALID));
  const given = new Map<string, GivenResult[]>();
  for (const result of answer.results) given.set(result.taskId, [...(given.get(result.taskId) ?? []), result]);
  return event.tasks.map(({ taskId }) => {
    const [result, ...others] = given.get(taskId) ?? [];
    if (result === undefined) return missing(answer.treatMissingKeysAs);
    // Which of them is true cannot be known.
    if (others.length > 0) return invalid('Invalid response: several results for the task');
    const own = ownResult.safeParse(result).data;
    return own === undefined ? invalid(INVALID) : { resultCode: own.resultCode, resultString: own.resultString ?? '' };
  });
}

function mismatchOf(answer: z.infer<typeof envelope>, event: LambdaEvent): string | undefined {
  if (answer.invocationSchemaVersion !== event.invocationSchemaVersion) {
    return `Invalid response: invocationSchemaVersion must be ${event.invocationSchemaVersion}`;
  }
  if (answer.invocationId !== event.invocationId) {
    return 'Invalid response: invocationId is not that of the request';
  }
  return undefined;
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
