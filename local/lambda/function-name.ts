import type { CloudIdentity } from '../service.ts';
import { functionNotFound, LambdaRefusal } from './refusal.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The ARN of the function of that name. */
export function functionArn(name: string, identity: CloudIdentity): string {
  return `arn:aws:lambda:${identity.region}:${identity.account}:function:${name}`;
}

/**
 * The name of the function that a request means by a name, a partial ARN (`account:function:name`) or a full ARN,
 * each with or without `:$LATEST`.
 *
 * @throws LambdaRefusal when it means another account or Region, or a version or an alias: only $LATEST is kept here.
 */
export function resolveFunctionName(given: string, identity: CloudIdentity, qualifier?: string): string {
  const parts = given.split(':');
  const own = ['arn', 'aws', 'lambda', identity.region, identity.account, 'function'];
  const prefix =
    parts[0] === 'arn' ? own : parts[1] === 'function' ? own.slice(4) : parts[0] === 'function' ? own.slice(5) : [];
  const [name = '', version = '$LATEST', ...rest] = parts.slice(prefix.length);
  if (rest.length > 0 || !NAME.test(name)) throw notAName(given);
  if (prefix.some((part, index) => part !== parts[index])) throw functionNotFound(given);
  for (const wanted of [version, qualifier ?? '$LATEST']) {
    if (wanted !== '$LATEST') {
      throw functionNotFound(`${functionArn(name, identity)}:${wanted} (the local cloud keeps $LATEST only)`);
    }
  }
  return name;
}

/** @throws LambdaRefusal when a new function may not have that name. */
export function requireFunctionName(given: unknown): string {
  if (typeof given !== 'string' || !NAME.test(given)) throw notAName(String(given));
  return given;
}

function notAName(given: string): LambdaRefusal {
  const text = `'${given}' is neither a function's name (1 to 64 letters, digits, - and _) nor its ARN`;
  return new LambdaRefusal('ValidationException', 400, text);
}
