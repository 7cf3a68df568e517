import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { bundleDirectory } from '../bundling/bundle-directory.ts';
import type { FunctionName } from './function-names.ts';

/** Where the constructs get their functions' code from; injected, so that tests synthesize without bundling. */
export interface FunctionFactory {
  /** Code with a module `index` that exports `handler`. */
  code(name: FunctionName): lambda.Code;
}

/** The real functions: those shipped with the package, or, in a checkout, built from lambdas/ when they changed. */
export function bundledFunctions(): FunctionFactory {
  let directory: string | undefined;
  return {
    code(name) {
      directory ??= bundleDirectory();
      return lambda.Code.fromAsset(join(directory, name));
    },
  };
}

/** Functions that do nothing: for tests of templates. */
export function inlineFunctions(): FunctionFactory {
  return {
    code: (name) =>
      lambda.Code.fromInline(`exports.handler = async () => { throw new Error('${name} is not bundled'); };`),
  };
}
