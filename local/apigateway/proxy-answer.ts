/** What a function's answer says that the client is to be sent. */
export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** Headers that a REST API does not let a function set; the client sees them under another name. */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-md5',
  'date',
  'max-forwards',
  'server',
  'user-agent',
  'via',
  'warn',
  'www-authenticate',
]);
const DROPPED = new Set(['content-length', 'expect', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Reads the answer of a function behind a Lambda proxy integration
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html). Undefined when
 * it is malformed, for which the client gets 502.
 *
 * @param decodeBinary whether a body in Base64 is decoded: when the client's Accept is a binary media type of the API
 */
export function proxyAnswer(payload: string, decodeBinary: boolean): ProxyAnswer | undefined {
  const answer = parse(payload);
  const status = Number(answer?.statusCode);
  const body = answer?.body ?? '';
  if (!answer || !Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string') {
    return undefined;
  }
  const single = scalars(answer.headers ?? {});
  const multiple = lists(answer.multiValueHeaders ?? {});
  if (!single || !multiple) {
    return undefined;
  }
  const headers = withoutForbidden({ ...single, ...multiple });
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    headers['Content-Type'] = 'application/json';
  }
  return {
    status,
    headers,
    body: Buffer.from(body, answer.isBase64Encoded === true && decodeBinary ? 'base64' : 'utf8'),
  };
}

function parse(payload: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function scalars(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value) || !Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one))) {
    return undefined;
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}

function lists(value: unknown): Record<string, string[]> | undefined {
  if (!isRecord(value) || !Object.values(value).every(Array.isArray)) {
    return undefined;
  }
  return Object.fromEntries(Object.entries(value).map(([name, all]) => [name, (all as unknown[]).map(String)]));
}

function withoutForbidden(headers: Record<string, string | string[]>): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!DROPPED.has(lower)) {
      kept[REMAPPED.has(lower) ? `x-amzn-Remapped-${lower}` : name] = value;
    }
  }
  return kept;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
