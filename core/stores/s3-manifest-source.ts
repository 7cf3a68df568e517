import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { bareETag, parseObjectArn } from '../job/object-arn.ts';
import type { Manifest } from '../job/request.ts';
import { ManifestError } from '../manifest/manifest-error.ts';
import type { ManifestSource } from './manifest-source.ts';
import { isFinal, statusOf } from './s3-error.ts';

/** How often a read that broke off is taken up again where it was. */
const RESUMPTIONS = 5;

/** The manifest's object in S3. The client acts with the job's role. */
export function createS3ManifestSource(client: S3Client, location: Manifest['Location']): ManifestSource {
  const parsed = parseObjectArn(location.ObjectArn);
  if (parsed === undefined) throw new Error(`a manifest at ${location.ObjectArn} passed validation`);
  const { bucket, key } = parsed;
  const etag = `"${bareETag(location.ETag)}"`;
  const object = {
    Bucket: bucket,
    Key: key,
    IfMatch: etag,
    ...(location.ObjectVersionId === undefined ? {} : { VersionId: location.ObjectVersionId }),
  };
  const named = `s3://${bucket}/${key}`;

  return {
    async size() {
      try {
        return (await client.send(new HeadObjectCommand(object))).ContentLength ?? 0;
      } catch (error) {
        throw manifestFault(error, named, etag);
      }
    },
    async *read(start, end) {
      let position = start;
      for (let attempt = 0; position < end; attempt += 1) {
        try {
          const range = `bytes=${position}-${end - 1}`;
          const answer = await client.send(new GetObjectCommand({ ...object, Range: range }));
          for await (const chunk of answer.Body as Readable) {
            position += (chunk as Buffer).length;
            yield chunk as Buffer;
          }
          // A stream that ends early without an error is taken up again like one that broke.
          if (position < end && attempt >= RESUMPTIONS)
            throw new Error(`the manifest ${named} cannot be read to its end`);
        } catch (error) {
          // Only a stream that broke has no answer: what S3 refused it would refuse again.
          if (statusOf(error) !== undefined || attempt >= RESUMPTIONS) throw manifestFault(error, named, etag);
        }
      }
    },
  };
}

function manifestFault(error: unknown, named: string, etag: string): unknown {
  switch (statusOf(error)) {
    case 403:
      return new ManifestError(
        'ManifestReadForbidden',
        `Reading the manifest is forbidden: AccessDenied. The job's role needs s3:GetObject on ${named}.`,
        { cause: error },
      );
    case 404:
      return new ManifestError('ManifestNotFound', `There is no manifest at ${named}.`, { cause: error });
    case 412:
      return new ManifestError(
        'ManifestETagMismatch',
        `The manifest ${named} does not have the ETag ${etag} that the job was created with: it was changed since.`,
        { cause: error },
      );
    default:
      if (!isFinal(error)) return error;
      return new ManifestError('ManifestNotReadable', `S3 refused to read the manifest ${named}: ${text(error)}.`, {
        cause: error,
      });
  }
}

function text(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message}` : String(error);
}
