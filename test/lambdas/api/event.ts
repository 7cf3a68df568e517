import type { APIGatewayProxyEvent } from 'aws-lambda';

/** An event of a REST API's Lambda proxy integration, as far as the job API reads it. */
export function proxyEvent(event: Partial<APIGatewayProxyEvent>): APIGatewayProxyEvent {
  return {
    httpMethod: 'GET',
    path: '/v20180820/jobs',
    headers: {},
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    resource: '/{proxy+}',
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' } as APIGatewayProxyEvent['requestContext'],
    ...event,
  };
}
