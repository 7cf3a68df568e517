import { ServiceRefusal } from '../service.ts';

/** What Lambda's API answers instead of a result: the exception's name, its status and its message. */
export class LambdaRefusal extends ServiceRefusal {
  constructor(
    name: string,
    /** Of the HTTP answer. */
    readonly status: number,
    message: string,
    /** Members of the error document beyond `Type` and the message: the `Reason` of a throttle. */
    readonly members: Readonly<Record<string, string>> = {},
  ) {
    super(name, message);
  }
}

/** 400: a parameter of the request is not valid. */
export function invalidParameter(message: string): LambdaRefusal {
  return new LambdaRefusal('InvalidParameterValueException', 400, message);
}

/** 404: there is no such function (or version, or alias, of it). */
export function functionNotFound(arn: string): LambdaRefusal {
  return new LambdaRefusal('ResourceNotFoundException', 404, `Function not found: ${arn}`);
}

/** 429: no more invocations may run now. */
export function throttled(reason: string): LambdaRefusal {
  return new LambdaRefusal('TooManyRequestsException', 429, 'Rate Exceeded.', { Reason: reason });
}

/** 413: `limit` is in bytes. */
export function requestTooLarge(limit: number): LambdaRefusal {
  const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
  return new LambdaRefusal('RequestTooLargeException', 413, message);
}

/** 500: the cloud is ending. */
export function stoppedService(): LambdaRefusal {
  return new LambdaRefusal('ServiceException', 500, 'The local Lambda has been stopped');
}
