import type { HttpResponse } from '../signed-http/exchange.ts';
import type { Failure } from '../signed-http/failure.ts';
import type { Endpoint, SignedCall, Turnstile } from '../signed-http/signed-call.ts';
import { type EncodedQuery, encodePath, encodeQuery } from '../signed-http/uri-encoding.ts';
import type { BucketLimits } from './bucket-limits.ts';
import type { BucketRoutes } from './bucket-routes.ts';
import { requestKind } from './request-kind.ts';
import { s3Failure } from './s3-failure.ts';
import { NO_BODY, type S3Request } from './s3-request.ts';

/** Bucket names that S3 has ever allowed (us-east-1 before 2018): anything else could name another resource. */
const BUCKET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

const NO_HEADERS = {};

/** An S3 request on its way: where its bucket is by now, and what S3's answers to it mean. */
class S3Call implements SignedCall {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: SignedCall['body'];
  readonly timeout: number | undefined;
  readonly maxBodyBytes: number | undefined;
  readonly kind: string | undefined;
  readonly #key: string;
  readonly #query: EncodedQuery;

  /**
   * @throws URIError when the key or the version has half a surrogate pair.
   */
  constructor(
    private readonly request: S3Request,
    private readonly routes: BucketRoutes,
    readonly turnstile: Turnstile,
  ) {
    const { key, versionId, query } = request;
    this.method = request.method;
    this.headers = request.headers ?? NO_HEADERS;
    this.body = request.body ?? NO_BODY;
    this.timeout = request.timeout;
    this.maxBodyBytes = request.maxBodyBytes;
    this.kind = requestKind(request);
    this.#key = key === undefined ? '' : `/${encodePath(key)}`;
    this.#query = encodeQuery(versionId === undefined ? query : { ...query, versionId });
  }

  endpoint(): Endpoint {
    const { origin, host, region, basePath } = this.routes.routeOf(this.request.bucket);
    const canonicalPath = basePath + this.#key || '/';
    const { wire, canonical } = this.#query;
    const path = wire === '' ? canonicalPath : `${canonicalPath}?${wire}`;
    return { origin, host, region, path, canonicalPath, canonicalQuery: canonical };
  }

  failureOf(response: HttpResponse): Failure | undefined {
    return s3Failure(response, this.request.errorIn200 ?? false);
  }

  learn(failure: Failure, response: HttpResponse, tried: Endpoint): boolean {
    return this.routes.learn(this.request.bucket, failure, response, tried);
  }
}

/** What {@link s3Call} answers: the request on its way, or what S3 would say of it. */
export type S3CallOrRefusal = { readonly call: S3Call } | { readonly refusal: Failure };

/** Refuses what must not be sent: without a key, for one, a request for an object is one for its whole bucket. */
export function s3Call(request: S3Request, routes: BucketRoutes, limits: BucketLimits): S3CallOrRefusal {
  if (!BUCKET_NAME.test(request.bucket)) return refusal('InvalidBucketName', 'The specified bucket is not valid.');
  if (request.key === '') return refusal('InvalidRequest', 'The object key is empty.');
  if (request.versionId === '') return refusal('InvalidArgument', 'Version id cannot be the empty string');
  try {
    return { call: new S3Call(request, routes, limits.of(request.bucket)) };
  } catch (error) {
    if (error instanceof URIError) return refusal('InvalidURI', "Couldn't parse the specified URI.");
    throw error;
  }
}

function refusal(code: string, message: string): S3CallOrRefusal {
  return { refusal: { httpStatus: 400, code, message, requestId: '', extendedRequestId: '' } };
}
