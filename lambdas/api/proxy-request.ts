import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { HttpRequest } from '../../core/api/http.ts';

/** Where S3 Control's paths begin; before it stand the stage or a domain's base path, if any. */
const VERSION = '/v20180820';

/** The event of API Gateway's Lambda proxy integration (REST API) as a request. */
export function proxyRequest(event: APIGatewayProxyEvent): HttpRequest {
  return {
    method: event.httpMethod,
    path: withoutPrefix(event.path),
    query: queryOf(event),
    headers: headersOf(event),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    requestId: event.requestContext?.requestId ?? randomUUID(),
  };
}

function withoutPrefix(path: string): string {
  const start = path.indexOf(`${VERSION}/`);
  return start > 0 ? path.slice(start) : path;
}

/** The single-value form keeps only the last of a repeated parameter, as `jobStatuses` is. */
function queryOf(event: APIGatewayProxyEvent): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) query.append(name, value);
  }
  return query;
}

/** Of a repeated header the last value, as API Gateway has it. */
function headersOf(event: APIGatewayProxyEvent): Record<string, string> {
  return Object.fromEntries(
    Object.entries(event.headers ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value]],
    ),
  );
}
