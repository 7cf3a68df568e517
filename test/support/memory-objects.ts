import type { S3DataClient, S3Reply } from '../../core/s3/s3-data-client.ts';
import type { S3Request } from '../../core/s3/s3-request.ts';

/** What is known of an object; or the status and code of the refusal. */
export interface MemoryObject {
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly refusal?: readonly [httpStatus: number, code: string];
}

/** S3 that answers looks at objects: HEAD, its explanation, and GetObjectTagging. */
export class MemoryObjects implements S3DataClient {
  readonly requests: string[] = [];
  /** Requests at once, at most. */
  most = 0;
  private inFlight = 0;

  constructor(
    /** By bucket, key and version. */
    private readonly objectAt: (name: string) => MemoryObject | undefined,
    private readonly meanwhile: (name: string) => Promise<void> = async () => undefined,
  ) {}

  async send(request: S3Request): Promise<S3Reply> {
    const { method, bucket, key = '', versionId, query = {} } = request;
    const name = `${bucket}/${key}${versionId === undefined ? '' : `@${versionId}`}`;
    this.requests.push(`${'tagging' in query ? 'TAGS' : method} ${name}`);
    this.inFlight += 1;
    this.most = Math.max(this.most, this.inFlight);
    await this.meanwhile(name);
    this.inFlight -= 1;
    const { headers = {}, tags = {}, refusal } = this.objectAt(name) ?? { refusal: [404, 'NoSuchKey'] };
    if (refusal !== undefined) {
      const [httpStatus, code] = refusal;
      const message = code === 'InvalidRequest' ? 'needs the key of its server side encryption' : 'refused';
      return { ok: false, httpStatus, code, message, requestId: '', extendedRequestId: '', headers: {} };
    }
    const set = Object.entries(tags).map(([Key, Value]) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`);
    const body = 'tagging' in query ? `<Tagging><TagSet>${set.join('')}</TagSet></Tagging>` : '';
    return { ok: true, httpStatus: 200, headers, body, bytes: Buffer.from(body) };
  }
}
