import type { IncomingMessage } from 'node:http';

/**
 * Brings a request that came in absolute form (`GET http://host/path`, as clients send that use the port as their HTTP
 * proxy) to the form that it would have had without the proxy. The path stays byte for byte what it was, since S3 keys
 * may hold `..` and `//`.
 */
export function normalizeRequestTarget(request: IncomingMessage): void {
  const absolute = request.url?.match(/^https?:\/\/([^/?#]*)(.*)$/is);
  if (!absolute) {
    return;
  }
  const [, authority = '', rest = ''] = absolute;
  request.headers.host = authority.replace(/^.*@/, '');
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}
