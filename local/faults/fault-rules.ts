import { z } from 'zod';

/** The longest delay that a rule may add: past any client's own patience. */
const LONGEST_LATENCY_MILLISECONDS = 15 * 60_000;

/** The share of what a rule fits that it happens to, and how often at most. */
const often = {
  /** From 0 to 1; all where left out. */
  share: z.number().min(0).max(1).optional(),
  /** It happens to so many and then no more. */
  times: z.int().min(1).optional(),
};

const requestRule = z
  .strictObject({
    /** The service, by the name that requests are signed for; all of them where left out. */
    service: z.enum(['s3', 'dynamodb', 'states', 'lambda', 'events', 'sts', 'execute-api']).optional(),
    /**
     * The call: the action of a service that speaks JSON (`UpdateItem`); else the method, with the subresource if there
     * is one (`PUT`, `PUT tagging`).
     */
    call: z.string().min(1).optional(),
    /** What the path of the request begins with, such as `/bucket/prefix`. */
    path: z.string().startsWith('/').optional(),
    ...often,
    /** Milliseconds that the request waits first. */
    latency: z.int().min(0).max(LONGEST_LATENCY_MILLISECONDS).optional(),
    /** Answered instead of the service, which does not see the request. */
    error: z.strictObject({ status: z.int().min(400).max(599), code: z.string().min(1) }).optional(),
    /** The connection is reset: before the service sees the request, or once it has done its work and would answer. */
    reset: z.enum(['before', 'after']).optional(),
    /** The whole cloud is killed at this request, as by `kill -9`, before the service sees it. */
    crash: z.literal(true).optional(),
  })
  .refine(({ latency, error, reset, crash }) => [latency, error, reset, crash].some((what) => what !== undefined), {
    error: 'a rule for requests needs latency, error, reset or crash',
  })
  .refine(({ error, reset, crash }) => [error, reset, crash].filter((what) => what !== undefined).length <= 1, {
    error: 'a rule has one of error, reset and crash',
  });

const functionRule = z
  .strictObject({
    /** Part of the name of the functions, whatever its case: `worker`. */
    function: z.string().min(1),
    ...often,
    /** An invocation is run twice at the same time: whoever ends first answers, and the other goes on. */
    invocation: z.literal('twice').optional(),
    /** An asynchronous event is delivered twice. */
    event: z.literal('twice').optional(),
    /**
     * The function's process is killed: so long after an invocation's beginning, or at the call after so many. Or all of
     * the function's processes that are at work, at anybody's request for a path that begins like this.
     */
    kill: z
      .union([
        z.strictObject({ afterMilliseconds: z.int().min(0).max(LONGEST_LATENCY_MILLISECONDS) }),
        z.strictObject({ afterCalls: z.int().min(0) }),
        z.strictObject({ atPath: z.string().startsWith('/') }),
      ])
      .optional(),
  })
  .refine(
    ({ invocation, event, kill }) => [invocation, event, kill].filter((what) => what !== undefined).length === 1,
    {
      error: 'a rule for functions needs one of invocation, event and kill',
    },
  );

const indexRule = z.strictObject({
  /** The name of a global secondary index of DynamoDB. */
  index: z.string().min(1),
  /** Milliseconds that it shows new items later. */
  lag: z.int().min(1).max(LONGEST_LATENCY_MILLISECONDS),
});

/** What a rule is about is the member that only its kind has. */
const rule = z.unknown().transform((value, context): FaultRule => {
  const kind =
    isObject(value) && 'function' in value
      ? functionRule
      : isObject(value) && 'index' in value
        ? indexRule
        : requestRule;
  const result = kind.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.issues.push({ ...issue, input: value } as never);
  return z.NEVER;
});

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const faultRules = z.strictObject({
  /** Makes shares fall the same way for the same requests in the same order. */
  seed: z.int().optional(),
  rules: z.array(rule),
});

/** What goes wrong, and how often: the first rule that fits, and whose share it falls into, happens. */
export interface FaultRules {
  readonly seed?: number | undefined;
  readonly rules: readonly FaultRule[];
}
export type RequestRule = z.infer<typeof requestRule>;
export type FunctionRule = z.infer<typeof functionRule>;
export type IndexRule = z.infer<typeof indexRule>;
export type FaultRule = RequestRule | FunctionRule | IndexRule;

/** @throws Error that says where the text is not rules, and what would be right. */
export function parseFaultRules(text: string, named: string): FaultRules {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${named} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const result = faultRules.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${named} does not hold fault rules. ${z.prettifyError(result.error)}`);
}
