import type { ProxyAnswer } from './proxy-answer.ts';
import type { RestApi } from './rest-api.ts';

/** An error of the gateway itself. */
export interface GatewayError {
  readonly responseType: string;
  readonly status: number;
  readonly message: string;
  /** For the header `x-amzn-ErrorType`, which SDKs read. */
  readonly exception: string;
}

const INTERNAL = { message: 'Internal server error', exception: 'InternalServerErrorException' };

/** The errors, with status and text as API Gateway has them unless the API says otherwise. */
export const GATEWAY_ERRORS = {
  /** Not signed, or no such path or method. */
  missingAuthenticationToken: {
    responseType: 'MISSING_AUTHENTICATION_TOKEN',
    status: 403,
    message: 'Missing Authentication Token',
    exception: 'MissingAuthenticationTokenException',
  },
  wrongService: {
    responseType: 'INVALID_SIGNATURE',
    status: 403,
    message: "Credential should be scoped to correct service: 'execute-api'. ",
    exception: 'InvalidSignatureException',
  },
  requestTooLarge: {
    responseType: 'REQUEST_TOO_LARGE',
    status: 413,
    message: 'Request Too Long',
    exception: 'RequestTooLargeException',
  },
  /** The function failed, or answered with what is no HTTP response. */
  badAnswer: { responseType: 'DEFAULT_5XX', status: 502, ...INTERNAL },
  /** Lambda refused the call, as when all its concurrency is taken. */
  refused: { responseType: 'API_CONFIGURATION_ERROR', status: 500, ...INTERNAL },
  timeout: {
    responseType: 'INTEGRATION_TIMEOUT',
    status: 504,
    message: 'Endpoint request timed out',
    exception: 'GatewayTimeoutException',
  },
} as const satisfies Record<string, GatewayError>;

/** What a gateway response's texts may name. */
export interface ErrorContext {
  /** The event's `requestContext`, or what is known of it: `$context.<name>`. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Puts an error the way the API's gateway responses say, in the language that the client's Accept asks for. */
export function gatewayErrorAnswer(api: RestApi | undefined, error: GatewayError, source: ErrorContext): ProxyAnswer {
  const fallback = error.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  // API Gateway does not let a template change this one.
  const fixed = error.responseType === 'REQUEST_TOO_LARGE';
  const response = fixed
    ? undefined
    : (api?.gatewayResponses.get(error.responseType) ?? api?.gatewayResponses.get(fallback));
  const templates = { 'application/json': '{"message":$context.error.messageString}', ...response?.templates };
  const accepted =
    String(source.headers.accept ?? '')
      .split(/[,;]/)[0]
      ?.trim() ?? '';
  const [contentType, template] = Object.entries(templates).find(([type]) => type === accepted) ?? [
    'application/json',
    templates['application/json'],
  ];
  const context = {
    ...source.context,
    error: {
      message: error.message,
      messageString: JSON.stringify(error.message),
      responseType: error.responseType,
    },
  };
  return {
    status: response?.statusCode ?? error.status,
    headers: {
      'Content-Type': contentType,
      'x-amzn-ErrorType': error.exception,
      ...headersOf(response?.parameters ?? {}, source, context),
    },
    body: Buffer.from(substitute(template, context)),
  };
}

function headersOf(
  parameters: Readonly<Record<string, string>>,
  source: ErrorContext,
  context: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [target, value] of Object.entries(parameters)) {
    const name = target.replace(/^gatewayresponse\.header\./, '');
    const fromRequest = value.match(/^method\.request\.header\.(.+)$/)?.[1];
    if (value.startsWith("'")) {
      headers[name] = value.slice(1, -1);
    } else if (fromRequest) {
      headers[name] = String(source.headers[fromRequest.toLowerCase()] ?? '');
    } else {
      headers[name] = lookUp(context, value.replace(/^context\./, ''));
    }
  }
  return headers;
}

/** Simple substitution, as these templates have it; not the Velocity language. */
function substitute(template: string, context: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g, (_, path: string) => lookUp(context, path));
}

function lookUp(context: Readonly<Record<string, unknown>>, path: string): string {
  let value: unknown = context;
  for (const name of path.split('.')) {
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  return value === undefined || value === null ? '' : String(value);
}
