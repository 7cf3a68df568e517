import { z } from 'zod';
import { compilePattern } from './event-pattern.ts';
import { validationFailure } from './refusal.ts';
import { parseSchedule } from './schedule.ts';

/** Where a rule sends its events. */
export interface RuleTarget {
  readonly Id: string;
  /** Of a Lambda function. */
  readonly Arn: string;
  /** JSON to send instead of the event. */
  readonly Input?: string | undefined;
  /** The part of the event to send: `$.detail.name`. */
  readonly InputPath?: string | undefined;
  readonly RetryPolicy?: unknown;
}

/** A rule of the default bus. Members are those of EventBridge's API. */
export interface Rule {
  readonly Name: string;
  readonly Description?: string | undefined;
  /** JSON. */
  readonly EventPattern?: string | undefined;
  readonly ScheduleExpression?: string | undefined;
  readonly State: 'ENABLED' | 'DISABLED';
  readonly Targets: readonly RuleTarget[];
}

/** Rules may have five: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;

const ruleSchema = z.strictObject({
  Name: z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens and underscores'),
  Description: z.string().max(512).optional(),
  EventPattern: z.string().optional(),
  ScheduleExpression: z.string().max(256).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  EventBusName: z.unknown().optional(),
  // There is no IAM here, and tags change nothing.
  RoleArn: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

const targetSchema = z.strictObject({
  Id: z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/),
  Arn: z
    .string()
    .regex(
      /^arn:aws[a-zA-Z-]*:lambda:[^:]+:\d{12}:function:.+$/,
      'must be the ARN of a Lambda function: the local cloud delivers to no other target',
    ),
  Input: z.string().refine(isJson, 'must be JSON').optional(),
  InputPath: z
    .string()
    .regex(/^\$(\.[A-Za-z0-9_-]+)*$/, 'must be a path of plain names, such as $.detail.name')
    .optional(),
  // An event that a function fails on is tried again as Lambda does; how often EventBridge would is of no account.
  RetryPolicy: z.unknown().optional(),
});

/**
 * What PutRule was given, checked; without targets.
 *
 * @throws EventsRefusal
 */
export function parseRule(given: unknown): Omit<Rule, 'Targets'> {
  const { Name, Description, EventPattern, ScheduleExpression, State } = parse(ruleSchema, given);
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw validationFailure('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (EventPattern !== undefined) compilePattern(EventPattern);
  if (ScheduleExpression !== undefined) parseSchedule(ScheduleExpression);
  return { Name, Description, EventPattern, ScheduleExpression, State };
}

/**
 * What PutTargets was given, checked, in place of those of `current` with the same ids.
 *
 * @throws EventsRefusal
 */
export function mergeTargets(current: readonly RuleTarget[], given: unknown): RuleTarget[] {
  const targets = parse(z.array(targetSchema).min(1), given);
  if (targets.some(({ Input, InputPath }) => Input !== undefined && InputPath !== undefined)) {
    throw validationFailure('Only one of Input, InputPath, or InputTransformer must be provided for a target.');
  }
  const merged = new Map([...current, ...targets].map((target) => [target.Id, target]));
  if (merged.size > MOST_TARGETS) {
    throw validationFailure(
      `The requested resource exceeds the maximum number allowed: ${MOST_TARGETS} targets a rule`,
    );
  }
  return [...merged.values()];
}

function parse<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw validationFailure(result.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
