import type { Identity } from '../../core/job/identity.ts';

/** A variable that the deployment gives every function; throws when it is missing, so that a broken stack says so at once. */
export function requireVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** A variable that may be left out. */
export function optionalVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** Where this deployment is. */
export function identity(): Identity {
  return {
    account: requireVariable('ACCOUNT_ID'),
    region: requireVariable('AWS_REGION'),
    partition: requireVariable('PARTITION'),
  };
}
