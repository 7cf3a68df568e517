import { Logger } from '@aws-lambda-powertools/logger';

/** Structured log lines; a few for an invocation, none for an object. */
export const logger = new Logger({ serviceName: 'drover' });

/** The engine's log. */
export function log(message: string, details: Readonly<Record<string, unknown>> = {}): void {
  logger.info(message, { ...details });
}
