import { dnsSuffixOf } from '../signed-http/dns-suffix.ts';
import type { HttpResponse } from '../signed-http/exchange.ts';
import { codeOfStatus, type Failure } from '../signed-http/failure.ts';
import type { AddressingStyle } from './addressing-style.ts';
import { elementText } from './xml-text.ts';

/** Where a bucket's requests go. */
export interface BucketRoute {
  /** `http(s)://host[:port]`. */
  readonly origin: string;
  readonly host: string;
  readonly region: string;
  /** Encoded; before the object's key and its slash: `/bucket` in path style, nothing in virtual-host style. */
  readonly basePath: string;
}

export interface BucketRoutesOptions {
  readonly region: string;
  /** An S3-compatible endpoint. Left out for AWS. */
  readonly endpoint?: string | undefined;
  /** Where requests to the endpoint name their bucket, as far as its name can stand in a host name; `path` unless given. */
  readonly addressingStyle?: AddressingStyle | undefined;
}

/** A name that is one label of a host name. One with dots would not match S3's certificate. */
const HOST_LABEL = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

const REGION = /^[a-z0-9-]{1,32}$/;

/** Buckets whose place was learned and is kept. */
const CAPACITY = 10_000;

/** What an answer that sends a request elsewhere can teach. */
interface Lesson {
  readonly region: string | undefined;
  readonly location: URL | undefined;
}

/**
 * Where each bucket is: in the Region that was configured, until an answer says otherwise. S3 tells it by a redirect or
 * by refusing the Region of a signature; it is learned once for each bucket.
 */
export class BucketRoutes {
  readonly #learned = new Map<string, BucketRoute>();
  /** The route that was asked for last and is not learned: tasks that follow one another are of one bucket. */
  #last: { readonly bucket: string; readonly route: BucketRoute } | undefined;
  readonly #endpoint: URL | undefined;

  constructor(private readonly options: BucketRoutesOptions) {
    this.#endpoint = options.endpoint === undefined ? undefined : new URL(options.endpoint);
  }

  /** @param bucket a valid bucket name. */
  routeOf(bucket: string): BucketRoute {
    const learned = this.#learned.get(bucket);
    if (learned !== undefined) return learned;
    if (this.#last?.bucket !== bucket) this.#last = { bucket, route: this.#route(bucket, this.options.region) };
    return this.#last.route;
  }

  /** True when the failure says where the bucket is and that is another place than the one that was tried. */
  learn(bucket: string, failure: Failure, response: HttpResponse, tried: { origin: string; region: string }): boolean {
    const lesson = lessonOf(failure, response);
    if (lesson === undefined) return false;
    const route = this.#routeAfter(bucket, lesson, tried);
    if (route.origin === tried.origin && route.region === tried.region) return false;
    this.#keep(bucket, route);
    return true;
  }

  #route(bucket: string, region: string): BucketRoute {
    const named = HOST_LABEL.test(bucket);
    const virtual = named && (this.#endpoint === undefined || this.options.addressingStyle === 'virtual');
    const pathStyle = virtual ? '' : `/${bucket}`;
    const inHost = virtual ? `${bucket}.` : '';
    if (this.#endpoint !== undefined) {
      const { protocol, pathname } = this.#endpoint;
      const host = inHost + this.#endpoint.host;
      return { origin: `${protocol}//${host}`, host, region, basePath: pathname.replace(/\/+$/, '') + pathStyle };
    }
    const host = `${inHost}s3.${region}.${dnsSuffixOf(region)}`;
    return { origin: `https://${host}`, host, region, basePath: pathStyle };
  }

  #routeAfter(bucket: string, lesson: Lesson, tried: { origin: string; region: string }): BucketRoute {
    const region = lesson.region ?? tried.region;
    const route = this.#route(bucket, region);
    // A Region names AWS's host by itself; elsewhere, or without a Region, the redirect's own host counts.
    const { location } = lesson;
    if (location === undefined || (this.#endpoint === undefined && region !== tried.region)) return route;
    if (!this.#mayFollow(location, region)) return route;
    const basePath = location.hostname.startsWith(`${bucket}.`) ? '' : `/${bucket}`;
    return { origin: location.origin, host: location.host, region, basePath };
  }

  /** A redirect may not lead out of AWS, nor from https to http. */
  #mayFollow(location: URL, region: string): boolean {
    if (this.#endpoint === undefined) {
      return location.protocol === 'https:' && location.hostname.endsWith(`.${dnsSuffixOf(region)}`);
    }
    return location.protocol === 'https:' || location.protocol === this.#endpoint.protocol;
  }

  #keep(bucket: string, route: BucketRoute): void {
    const oldest = this.#learned.size >= CAPACITY ? this.#learned.keys().next().value : undefined;
    if (oldest !== undefined) this.#learned.delete(oldest);
    this.#learned.set(bucket, route);
  }
}

function lessonOf(failure: Failure, response: HttpResponse): Lesson | undefined {
  const redirect = [301, 302, 307, 308].includes(response.status);
  if (!redirect && !isWrongRegion(failure)) return undefined;
  const region = response.headers['x-amz-bucket-region'] ?? elementText(response.body, 'Region');
  const location = redirect ? locationOf(response) : undefined;
  const known = region !== undefined && REGION.test(region) ? region : undefined;
  return known === undefined && location === undefined ? undefined : { region: known, location };
}

/** A HEAD has no document to name the code: a header that names another Region is all it has to say. */
function isWrongRegion({ httpStatus, code }: Failure): boolean {
  return httpStatus === 400 && (code === 'AuthorizationHeaderMalformed' || code === codeOfStatus(400));
}

function locationOf(response: HttpResponse): URL | undefined {
  const { location } = response.headers;
  if (location === undefined || !/^https?:\/\//.test(location)) return undefined;
  return URL.canParse(location) ? new URL(location) : undefined;
}
