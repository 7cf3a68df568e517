import * as z from 'zod';
import { type ChoiceRule, choiceProblems, isTimestamp } from './choice-rule.ts';
import type { Json } from './payload.ts';
import { templateProblems } from './payload-template.ts';
import { parsePath } from './reference-path.ts';

/** The ItemReader's names for what separates the fields of a CSV. */
export const CSV_DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

const FUNCTION_ARN = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/;
const INVOKE = /^arn:aws[\w-]*:states:::lambda:invoke$/;
const GET_OBJECT = /^arn:aws[\w-]*:states:::s3:getObject$/;

const only = (what: string) => ({ error: `only ${what} is known to the local cloud` });

const path = z.string().refine((text) => parsePath(text) !== undefined, {
  error: 'must be a reference path such as $.a.b[0], the only kind of JSONPath that the local cloud knows',
});
const resultPath = path.refine((text) => !text.startsWith('$$'), { error: 'must not be in the context object' });
const template = z.unknown().superRefine((value, problems) => {
  for (const message of templateProblems(value)) problems.addIssue({ code: 'custom', message });
}) as unknown as z.ZodType<Json>;
const json = z.unknown() as unknown as z.ZodType<Json>;

const errorNames = z.array(z.string().min(1)).min(1);
const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorNames,
  IntervalSeconds: z.int().positive().max(99_999_999).optional(),
  MaxAttempts: z.int().nonnegative().max(99_999_999).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: z.int().positive().max(31_622_399).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
});
const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorNames,
  Next: z.string(),
  ResultPath: resultPath.nullable().optional(),
});
const allStandsAlone = (list: readonly { readonly ErrorEquals: readonly string[] }[]) =>
  list.every(
    ({ ErrorEquals: names }, index) =>
      !names.includes('States.ALL') || (names.length === 1 && index === list.length - 1),
  );
const standAlone = { error: 'States.ALL must stand alone, and last' };

const base = {
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONPath', only('JSONPath')).optional(),
  InputPath: path.nullable().optional(),
  OutputPath: path.nullable().optional(),
};
const transition = { Next: z.string().optional(), End: z.literal(true).optional() };
const result = { ResultPath: resultPath.nullable().optional() };
const failures = {
  ResultSelector: template.optional(),
  Retry: z.array(retrier).refine(allStandsAlone, standAlone).optional(),
  Catch: z.array(catcher).refine(allStandsAlone, standAlone).optional(),
};

const task = z.strictObject({
  Type: z.literal('Task'),
  ...base,
  ...transition,
  ...result,
  ...failures,
  Parameters: template.optional(),
  TimeoutSeconds: z.int().positive().max(99_999_999).optional(),
  Resource: z.string().refine((arn) => FUNCTION_ARN.test(arn) || INVOKE.test(arn), {
    error: (issue) =>
      `'${issue.input}' is not known to the local cloud: a Task's resource is the ARN of a Lambda function or arn:aws:states:::lambda:invoke`,
  }),
});

const itemReader = z.strictObject({
  Resource: z.string().refine((arn) => GET_OBJECT.test(arn), only('arn:aws:states:::s3:getObject')),
  Parameters: template,
  ReaderConfig: z
    .strictObject({
      InputType: z.literal('CSV', only('CSV')),
      CSVHeaderLocation: z.enum(['FIRST_ROW', 'GIVEN']),
      CSVHeaders: z.array(z.string()).min(1).optional(),
      CSVDelimiter: z.enum(Object.keys(CSV_DELIMITERS) as (keyof typeof CSV_DELIMITERS)[]).optional(),
      MaxItems: z.int().nonnegative().max(100_000_000).optional(),
      MaxItemsPath: path.optional(),
    })
    .refine((config) => (config.CSVHeaderLocation === 'GIVEN') === (config.CSVHeaders !== undefined), {
      error: 'CSVHeaders goes with CSVHeaderLocation GIVEN, and only with it',
    }),
});

const map = z.strictObject({
  Type: z.literal('Map'),
  ...base,
  ...transition,
  ...result,
  ...failures,
  // Read by parse-definition.ts, which knows workflows.
  ItemProcessor: z.unknown(),
  ItemReader: itemReader.optional(),
  ItemsPath: path.optional(),
  ItemSelector: template.optional(),
  Label: z
    .string()
    .regex(/^[\w-]{1,40}$/, { error: 'must be at most 40 letters, digits, _ and -' })
    .optional(),
  MaxConcurrency: z.int().nonnegative().optional(),
  MaxConcurrencyPath: path.optional(),
  ToleratedFailureCount: z.int().nonnegative().optional(),
  ToleratedFailureCountPath: path.optional(),
  ToleratedFailurePercentage: z.number().min(0).max(100).optional(),
  ToleratedFailurePercentagePath: path.optional(),
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...base,
  Choices: z
    .array(
      z.unknown().superRefine((rule, problems) => {
        for (const message of choiceProblems(rule)) problems.addIssue({ code: 'custom', message });
      }) as unknown as z.ZodType<ChoiceRule & { readonly Next: string }>,
    )
    .min(1),
  Default: z.string().optional(),
});

const wait = z
  .strictObject({
    Type: z.literal('Wait'),
    ...base,
    ...transition,
    Seconds: z.int().nonnegative().max(99_999_999).optional(),
    SecondsPath: path.optional(),
    Timestamp: z.string().refine(isTimestamp, { error: 'must be a date and time as RFC 3339 has it' }).optional(),
    TimestampPath: path.optional(),
  })
  .refine(
    (state) =>
      [state.Seconds, state.SecondsPath, state.Timestamp, state.TimestampPath].filter((given) => given !== undefined)
        .length === 1,
    { error: 'must have one of Seconds, SecondsPath, Timestamp, TimestampPath' },
  );

const pass = z.strictObject({
  Type: z.literal('Pass'),
  ...base,
  ...transition,
  ...result,
  Parameters: template.optional(),
  Result: json.optional(),
});
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...base });
const fail = z.strictObject({
  Type: z.literal('Fail'),
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONPath', only('JSONPath')).optional(),
  Error: z.string().optional(),
  ErrorPath: path.optional(),
  Cause: z.string().optional(),
  CausePath: path.optional(),
});

/** The types of state that the local cloud knows, and what each may say. */
export const STATE_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  Task: task,
  Map: map,
  Choice: choice,
  Wait: wait,
  Pass: pass,
  Succeed: succeed,
  Fail: fail,
};

/** The head of a state machine, or of a Map's ItemProcessor. `States` is read state by state. */
export const WORKFLOW_SCHEMA = z.strictObject({
  Comment: z.string().optional(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.literal('JSONPath', only('JSONPath')).optional(),
  StartAt: z.string(),
  States: z.record(z.string(), z.unknown()),
  TimeoutSeconds: z.int().positive().max(99_999_999).optional(),
  ProcessorConfig: z
    .strictObject({
      Mode: z.literal('DISTRIBUTED', only('Mode DISTRIBUTED')),
      ExecutionType: z.literal('STANDARD', only('ExecutionType STANDARD')),
    })
    .optional(),
});

export type TaskState = z.infer<typeof task>;
export type MapState = Omit<z.infer<typeof map>, 'ItemProcessor'> & { readonly ItemProcessor: Workflow };
export type ItemReader = z.infer<typeof itemReader>;
export type ChoiceState = z.infer<typeof choice>;
export type WaitState = z.infer<typeof wait>;
export type PassState = z.infer<typeof pass>;
export type SucceedState = z.infer<typeof succeed>;
export type FailState = z.infer<typeof fail>;
export type State = TaskState | MapState | ChoiceState | WaitState | PassState | SucceedState | FailState;

/** A definition, checked. */
export interface Workflow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  /** Of a whole execution. */
  readonly TimeoutSeconds?: number | undefined;
}
