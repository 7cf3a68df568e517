import { createHash } from 'node:crypto';
import { InvalidInput } from '../validation/invalid-input.ts';
import { errorDocument } from '../wire/error-document.ts';
import { answerLanguage, bodyLanguage, type Language } from '../wire/language.ts';
import { MalformedDocument } from '../wire/malformed-document.ts';
import { readDocument } from '../wire/request-document.ts';
import { encodeXml } from '../wire/xml-encode.ts';
import { ApiError, type ErrorCode } from './api-error.ts';
import type { ServiceContext } from './context.ts';
import { type FoundRoute, findRoute } from './find-route.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';

/** Told of what the caller is not: an error that nobody foresaw. */
export type ReportFault = (error: unknown) => void;

/** Names of AWS's errors for a table that is asked too much at the moment: the caller may try again. */
const THROTTLES: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** Answers a request to the job API, in the caller's language, whatever the request is. Never throws. */
export async function serve(request: HttpRequest, context: ServiceContext, report: ReportFault): Promise<HttpAnswer> {
  const language = answerLanguage(request.headers['accept'], request.headers['content-type']);
  let invalid: ErrorCode = 'BadRequestException';
  try {
    const found = findRoute(request.method, request.path);
    invalid = found.route.invalid;
    requireAccount(request, context, invalid);
    if (found.route.jsonOnly === true) requireJson(request, language, invalid);
    const value = await found.route.run(inputOf(request, found, context), context);
    return { status: 200, headers: headersOf(request, language), body: bodyOf(language, found, value) };
  } catch (error) {
    return refusal(request, language, asApiError(error, invalid, report));
  }
}

function requireAccount({ headers }: HttpRequest, { identity }: ServiceContext, invalid: ErrorCode): void {
  const account = headers['x-amz-account-id'];
  if (account === undefined || !/^\d{12}$/.test(account)) {
    throw new ApiError(invalid, `The header x-amz-account-id must be the account, 12 digits: ${identity.account}.`);
  }
  if (account !== identity.account) {
    throw new ApiError('AccessDenied', `Access Denied: these are the jobs of ${identity.account}, not of ${account}.`);
  }
}

/** What S3 Control's model does not have has no form in XML. */
function requireJson({ headers, path, body }: HttpRequest, answer: Language, invalid: ErrorCode): void {
  if (answer === 'json' && (body.byteLength === 0 || bodyLanguage(headers['content-type']) === 'json')) return;
  throw new ApiError(
    invalid,
    `${path} is Drover's own and speaks JSON only: send Content-Type: application/json, and Accept: application/json or none.`,
  );
}

function inputOf(request: HttpRequest, { path }: FoundRoute, { identity }: ServiceContext) {
  const language = bodyLanguage(request.headers['content-type']);
  const elsewhere = { AccountId: identity.account, ...path };
  return {
    path,
    query: (name: string) => request.query.getAll(name),
    document: (root: string, schema: Parameters<typeof encodeXml>[1]) =>
      readDocument(language, request.body, { root, schema, elsewhere }),
  };
}

function bodyOf(language: Language, { route }: FoundRoute, value: unknown): string {
  if (language === 'json') return JSON.stringify(value);
  return route.result === undefined ? '' : encodeXml(route.result, route.schema, value);
}

function asApiError(error: unknown, invalid: ErrorCode, report: ReportFault): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof InvalidInput || error instanceof MalformedDocument) return new ApiError(invalid, error.message);
  report(error);
  if (error instanceof Error && THROTTLES.has(error.name)) {
    return new ApiError('TooManyRequestsException', 'Please reduce your request rate.');
  }
  return new ApiError('InternalServiceException', 'We encountered an internal error. Please try again.');
}

function refusal(request: HttpRequest, language: Language, error: ApiError): HttpAnswer {
  const { requestId } = request;
  const headers = {
    ...headersOf(request, language),
    ...error.headers,
    ...(language === 'json' ? { 'x-amzn-errortype': error.code } : {}),
  };
  const { code, message } = error;
  return {
    status: error.status,
    headers,
    body: errorDocument(language, { code, message, requestId, hostId: hostId(requestId) }),
  };
}

function headersOf({ requestId }: HttpRequest, language: Language): Record<string, string> {
  return {
    'content-type': language === 'json' ? 'application/json' : 'application/xml',
    'x-amz-request-id': requestId,
    'x-amz-id-2': hostId(requestId),
  };
}

/** S3's clients show a second id; here it tells nothing that the first does not. */
function hostId(requestId: string): string {
  return createHash('sha256').update(requestId).digest('base64');
}
