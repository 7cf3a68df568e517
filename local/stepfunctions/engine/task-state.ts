import { ServiceRefusal } from '../../service.ts';
import type { TaskState } from '../language/definition.ts';
import { isObject, type Json, Payload } from '../language/payload.ts';
import { dataLimitExceeded, InputError, StateError } from '../language/state-error.ts';
import { effectiveInput } from './data-flow.ts';
import type { ExecutionRun } from './execution-run.ts';

/** How a call of a function is told in the history: the two ways to name a function as a resource differ. */
interface Call {
  readonly functionArn: string;
  readonly payload: string;
  readonly asynchronous: boolean;
  /** What a result that is too large is said to be of. */
  readonly who: string;
  readonly scheduled: () => void;
  readonly started: () => void;
  readonly failed: (outcome: 'Failed' | 'StartFailed' | 'TimedOut', error: StateError) => void;
  readonly succeeded: (output: Payload) => void;
  /** What the state gets of the function's answer. */
  readonly result: (answer: Payload) => Payload;
}

/** Invokes the function of a Task once. Throws a StateError for every way in which that can fail. */
export async function attemptTask(run: ExecutionRun, state: TaskState): Promise<Payload> {
  const input = effectiveInput(run, state);
  const call = state.Resource.endsWith(':states:::lambda:invoke')
    ? serviceCall(run, state, input)
    : functionCall(run, state, input);
  // Not before all else is saved: an attempt that dies with the process must not be in the history twice.
  return await run.wait(async () => {
    call.scheduled();
    call.started();
    return await invoke(run, state, call);
  });
}

async function invoke(run: ExecutionRun, state: TaskState, call: Call): Promise<Payload> {
  try {
    const answer = await withTimeout(run, state.TimeoutSeconds, () => ask(run, call));
    run.touch();
    const result = call.result(answer);
    if (Math.max(answer.bytes, result.bytes) > run.services.limits.payloadBytes) throw dataLimitExceeded(call.who);
    call.succeeded(result);
    return result;
  } catch (error) {
    run.touch();
    const failure = asStateError(error);
    const refused = error instanceof ServiceRefusal;
    const timedOut = failure.error === 'States.Timeout';
    call.failed(timedOut ? 'TimedOut' : refused ? 'StartFailed' : 'Failed', failure);
    throw failure;
  }
}

async function ask(run: ExecutionRun, call: Call): Promise<Payload> {
  const { functions } = run.services;
  if (call.asynchronous) {
    await functions.invokeAsync(call.functionArn, call.payload);
    return Payload.of('');
  }
  const answer = await functions.invoke(call.functionArn, call.payload);
  if (answer.functionError !== undefined) throw functionError(answer.payload);
  return Payload.parse(answer.payload === '' ? 'null' : answer.payload);
}

/** The name of a function's error is what it threw; Step Functions' own where Lambda does not say (a time limit). */
function functionError(payload: string): StateError {
  try {
    const document = JSON.parse(payload) as Json;
    const type = isObject(document) ? document.errorType : undefined;
    return new StateError(typeof type === 'string' && type !== '' ? type : 'Lambda.Unknown', payload);
  } catch {
    return new StateError('Lambda.Unknown', payload);
  }
}

function asStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  if (error instanceof ServiceRefusal) {
    return new StateError(`Lambda.${error.name}`, `${error.message} (Service: AWSLambda; Error Code: ${error.name})`);
  }
  if (error instanceof SyntaxError)
    return new StateError('States.Runtime', `The function's answer is not JSON: ${error.message}`);
  return new StateError('Lambda.ServiceException', error instanceof Error ? error.message : String(error));
}

function withTimeout<T>(run: ExecutionRun, seconds: number | undefined, begin: () => Promise<T>): Promise<T> {
  if (seconds === undefined) return begin();
  return new Promise<T>((resolve, reject) => {
    // The function itself is not stopped, as in AWS; its answer is not looked at any more.
    const cancel = run.services.clock.after(seconds * 1000, () => reject(new StateError('States.Timeout')));
    begin().then(resolve, reject).finally(cancel);
  });
}

/** The resource is the function: its input is the payload, its answer the result. */
function functionCall(run: ExecutionRun, state: TaskState, input: Payload): Call {
  const timeoutInSeconds = state.TimeoutSeconds;
  return {
    functionArn: state.Resource,
    payload: input.text,
    asynchronous: false,
    who: state.Resource,
    scheduled: () => {
      const details = {
        resource: state.Resource,
        input: input.text,
        inputDetails: { truncated: false },
        timeoutInSeconds,
      };
      run.addEvent('LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: details });
    },
    started: () => void run.addEvent('LambdaFunctionStarted'),
    failed: (outcome, { error, reason }) => {
      const details = { error, cause: reason };
      run.addEvent(`LambdaFunction${outcome}`, { [`lambdaFunction${outcome}EventDetails`]: details });
    },
    succeeded: (output) => {
      const details = { output: output.text, outputDetails: { truncated: false } };
      run.addEvent('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: details });
    },
    result: (answer) => answer,
  };
}

/** The resource is Lambda's Invoke: Parameters name the function, and the result is the whole of Invoke's answer. */
function serviceCall(run: ExecutionRun, state: TaskState, input: Payload): Call {
  const parameters = isObject(input.value) ? input.value : {};
  const { FunctionName: name, Payload: payload = {}, InvocationType: type = 'RequestResponse' } = parameters;
  if (typeof name !== 'string') throw new InputError("The field 'FunctionName' is required but was missing");
  if (type !== 'RequestResponse' && type !== 'Event') {
    throw new InputError(`InvocationType ${JSON.stringify(type)} is not known to the local cloud`);
  }
  const { region, account } = run.services.identity;
  const resource = { resource: 'invoke', resourceType: 'lambda' };
  const asynchronous = type === 'Event';
  return {
    functionArn: name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${account}:function:${name}`,
    payload: JSON.stringify(payload),
    asynchronous,
    who: 'lambda',
    scheduled: () => {
      const timeoutInSeconds = state.TimeoutSeconds;
      const details = { ...resource, region, parameters: input.text, timeoutInSeconds };
      run.addEvent('TaskScheduled', { taskScheduledEventDetails: details });
    },
    started: () => void run.addEvent('TaskStarted', { taskStartedEventDetails: resource }),
    failed: (outcome, { error, reason }) => {
      const type = outcome === 'StartFailed' ? 'Failed' : outcome;
      run.addEvent(`Task${type}`, { [`task${type}EventDetails`]: { ...resource, error, cause: reason } });
    },
    succeeded: (output) => {
      const details = { ...resource, output: output.text, outputDetails: { truncated: false } };
      run.addEvent('TaskSucceeded', { taskSucceededEventDetails: details });
    },
    result: (answer) =>
      asynchronous
        ? Payload.of({ Payload: '', StatusCode: 202 })
        : Payload.of({ ExecutedVersion: '$LATEST', Payload: answer.value, StatusCode: 200 }),
  };
}
