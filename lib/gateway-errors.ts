import * as apigateway from 'aws-cdk-lib/aws-apigateway';

/** An error that API Gateway answers by itself, before or instead of the function. */
interface GatewayError {
  readonly type: apigateway.ResponseType;
  /** S3 Control's code for it. */
  readonly code: string;
  /** In the place of the gateway's own message, where that misleads. */
  readonly message?: string;
}

/** What the gateway says without more; each type not named below falls back to one of the two defaults. */
const ERRORS: readonly GatewayError[] = [
  { type: apigateway.ResponseType.DEFAULT_4XX, code: 'BadRequestException' },
  { type: apigateway.ResponseType.DEFAULT_5XX, code: 'InternalServiceException' },
  { type: apigateway.ResponseType.ACCESS_DENIED, code: 'AccessDenied' },
  { type: apigateway.ResponseType.EXPIRED_TOKEN, code: 'ExpiredToken' },
  { type: apigateway.ResponseType.INVALID_SIGNATURE, code: 'SignatureDoesNotMatch' },
  {
    // The gateway answers the same to a request without a signature and to one for a path or method it does not know.
    type: apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN,
    code: 'AccessDenied',
    message: 'No such operation, or the request is not signed. Sign for the service execute-api.',
  },
  { type: apigateway.ResponseType.THROTTLED, code: 'TooManyRequestsException' },
  { type: apigateway.ResponseType.QUOTA_EXCEEDED, code: 'TooManyRequestsException' },
  {
    type: apigateway.ResponseType.REQUEST_TOO_LARGE,
    code: 'BadRequestException',
    message: 'The request is larger than 10 MB.',
  },
];

/** Makes the gateway speak as the job API does: S3 Control's error document, or the same in JSON when asked. */
export function addGatewayErrors(api: apigateway.RestApi): void {
  for (const error of ERRORS) {
    api.addGatewayResponse(error.type.responseType, {
      type: error.type,
      templates: { 'application/xml': xmlTemplate(error), 'application/json': jsonTemplate(error) },
    });
  }
}

/** The gateway's message is put in as it is, and can hold a canonical request with `&` in it: hence CDATA. */
function xmlTemplate(error: GatewayError): string {
  const message = error.message ?? '<![CDATA[$context.error.message]]>';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<ErrorResponse><Error><Code>${error.code}</Code><Message>${message}</Message></Error>` +
    '<RequestId>$context.requestId</RequestId></ErrorResponse>'
  );
}

/** `messageString` is the gateway's message as a JSON string, quotes included. */
function jsonTemplate(error: GatewayError): string {
  const message = error.message === undefined ? '$context.error.messageString' : JSON.stringify(error.message);
  return `{"Code":"${error.code}","Message":${message},"RequestId":"$context.requestId"}`;
}
