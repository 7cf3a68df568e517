/** Placeholder for the contract; the client itself is written beside it. */
export interface S3DataClient {
  putObjectTagging(
    object: { readonly bucket: string; readonly key: string; readonly versionId?: string },
    tags: readonly { readonly Key: string; readonly Value: string }[],
    signal: AbortSignal,
  ): Promise<S3Reply>;
}

/** The end of one S3 request, retries included. Failures are values: an operation turns them into a report line. */
export type S3Reply =
  | { readonly ok: true; readonly httpStatus: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | {
      readonly ok: false;
      readonly httpStatus: number;
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      readonly extendedRequestId: string;
    };
