import { z } from 'zod';

/** The longest delay that a rule may add: past any client's own patience. */
const LONGEST_LATENCY_MILLISECONDS = 15 * 60_000;

const rule = z
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
    /** The share of these requests that it happens to, from 0 to 1; all where left out. */
    share: z.number().min(0).max(1).optional(),
    /** It happens to so many and then no more. */
    times: z.int().min(1).optional(),
    /** Milliseconds that the request waits first. */
    latency: z.int().min(0).max(LONGEST_LATENCY_MILLISECONDS).optional(),
    /** Answered instead of the service, which does not see the request. */
    error: z.strictObject({ status: z.int().min(400).max(599), code: z.string().min(1) }).optional(),
    /** The connection is reset: before the service sees the request, or once it has done its work and would answer. */
    reset: z.enum(['before', 'after']).optional(),
  })
  .refine(({ latency, error, reset }) => latency !== undefined || error !== undefined || reset !== undefined, {
    error: 'a rule needs latency, error or reset',
  })
  .refine(({ error, reset }) => error === undefined || reset === undefined, {
    error: 'a rule has either error or reset',
  });

const faultRules = z.strictObject({
  /** Makes shares fall the same way for the same requests in the same order. */
  seed: z.int().optional(),
  rules: z.array(rule),
});

/** What goes wrong, and how often: the first rule that fits a request, and whose share it falls into, happens to it. */
export type FaultRules = z.infer<typeof faultRules>;
export type FaultRule = FaultRules['rules'][number];

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
