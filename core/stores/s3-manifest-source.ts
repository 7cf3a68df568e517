import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bareETag, parseObjectArn } from '../job/object-arn.ts';
import type { Manifest } from '../job/request.ts';
import { ManifestError } from '../manifest/manifest-error.ts';
import type { FoundObject, ManifestFiles, ManifestSource } from './manifest-source.ts';
import { isFinal, statusOf } from './s3-error.ts';

/** How often a read that broke off is taken up again where it was. */
const RESUMPTIONS = 5;

/** The manifest's object in S3, and those that it names. The client acts with the job's role. */
export function createS3ManifestFiles(client: S3Client, location: Manifest['Location']): ManifestFiles {
  const parsed = parseObjectArn(location.ObjectArn);
  if (parsed === undefined) throw new Error(`a manifest at ${location.ObjectArn} passed validation`);
  const { bucket, key } = parsed;
  const version = location.ObjectVersionId === undefined ? {} : { VersionId: location.ObjectVersionId };
  const etag = location.ETag === undefined ? {} : { IfMatch: `"${bareETag(location.ETag)}"` };
  return {
    manifest: { bucket, key, ...source(client, MANIFEST, { Bucket: bucket, Key: key, ...etag, ...version }) },
    open: (otherBucket, otherKey, otherEtag) =>
      source(client, FILE, {
        Bucket: otherBucket,
        Key: otherKey,
        ...(otherEtag === undefined ? {} : { IfMatch: otherEtag }),
      }),
    list: (listed, prefix) => list(client, listed, prefix),
  };
}

/** What an object is to the manifest, in the words of a failure. */
interface Role {
  readonly what: string;
  /** Of the ETag that it should have. */
  readonly since: string;
}
const MANIFEST: Role = { what: 'the manifest', since: 'the job was created with' };
const FILE: Role = { what: 'the manifest’s file', since: 'it had when the manifest was looked at first' };

async function* list(client: S3Client, bucket: string, prefix: string): AsyncGenerator<FoundObject> {
  const named = `s3://${bucket}/${prefix}*`;
  let token: string | undefined;
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      .catch((error: unknown) => {
        throw listingFault(error, bucket, named);
      });
    for (const { Key: key = '', Size: size = 0, ETag: etag = '' } of page.Contents ?? []) yield { key, size, etag };
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** An object, pinned to its ETag: the one that is demanded, or the one that it has when it is met first. */
function source(
  client: S3Client,
  role: Role,
  demanded: Pick<GetObjectCommandInput, 'Bucket' | 'Key' | 'IfMatch' | 'VersionId'>,
): ManifestSource {
  const named = `s3://${demanded.Bucket}/${demanded.Key}`;
  let object = demanded;
  const pin = (etag: string | undefined): void => {
    if (etag !== undefined) object = { IfMatch: etag, ...object };
  };

  return {
    etag: () => object.IfMatch,
    async size() {
      try {
        const { ContentLength, ETag } = await client.send(new HeadObjectCommand(object));
        pin(ETag);
        return ContentLength ?? 0;
      } catch (error) {
        throw manifestFault(error, role, named, object.IfMatch ?? '');
      }
    },
    async *read(start, end) {
      let position = start;
      for (let attempt = 0; position < end; attempt += 1) {
        try {
          const range = `bytes=${position}-${end - 1}`;
          const answer = await client.send(new GetObjectCommand({ ...object, Range: range }));
          pin(answer.ETag);
          for await (const chunk of answer.Body as Readable) {
            position += (chunk as Buffer).length;
            yield chunk as Buffer;
          }
          // A stream that ends early without an error is taken up again like one that broke.
          if (position < end && attempt >= RESUMPTIONS)
            throw new Error(`${role.what} ${named} cannot be read to its end`);
        } catch (error) {
          // Only a stream that broke has no answer: what S3 refused it would refuse again.
          if (statusOf(error) !== undefined || attempt >= RESUMPTIONS)
            throw manifestFault(error, role, named, object.IfMatch ?? '');
        }
      }
    },
  };
}

function listingFault(error: unknown, bucket: string, named: string): unknown {
  if (statusOf(error) !== 403) return manifestFault(error, FILE, named, '');
  return new ManifestError(
    'ManifestReadForbidden',
    `Listing the manifest's files ${named} is forbidden: AccessDenied. The job's role needs s3:ListBucket on ${bucket}.`,
    { cause: error },
  );
}

function manifestFault(error: unknown, { what, since }: Role, named: string, etag: string): unknown {
  switch (statusOf(error)) {
    case 403:
      return new ManifestError(
        'ManifestReadForbidden',
        `Reading ${what} is forbidden: AccessDenied. The job's role needs s3:GetObject on ${named}.`,
        { cause: error },
      );
    case 404:
      return new ManifestError('ManifestNotFound', gone(what, named), { cause: error });
    case 412:
      return new ManifestError(
        'ManifestETagMismatch',
        `${capital(what)} ${named} does not have the ETag ${etag} that ${since}: it was changed since.`,
        { cause: error },
      );
    default:
      if (!isFinal(error)) return error;
      return new ManifestError('ManifestNotReadable', `S3 refused to read ${what} ${named}: ${text(error)}.`, {
        cause: error,
      });
  }
}

function gone(what: string, named: string): string {
  return what === MANIFEST.what ? `There is no manifest at ${named}.` : `${capital(what)} ${named} is not there.`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A HEAD is refused without a word: then its status is all that is known. */
function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === 'UnknownError' ? `HTTP status ${statusOf(error)}` : `${error.name} ${error.message}`;
}
