/** What a call needs to know of a function's ARN. */
export interface FunctionArn {
  readonly partition: string;
  readonly region: string;
}

const FUNCTION_ARN = /^arn:([a-z0-9-]+):lambda:([a-z0-9-]+):\d{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9$_-]+)?$/;

/** The parts of a Lambda function's ARN (with or without a version or alias); undefined for a bare name or anything else. */
export function parseFunctionArn(arn: string): FunctionArn | undefined {
  const [, partition, region] = FUNCTION_ARN.exec(arn) ?? [];
  return partition === undefined || region === undefined ? undefined : { partition, region };
}
